// What somebody types into the form of an act, kept by person, case and act until it is sent or thrown away.
//
// It is kept in the storage of this tab, and never reaches the server: a message that is not sent is nobody's record. It is
// gone when the tab is closed, and when its writer signs out in any tab. Another person who signs in here never sees it.

const BEGINS = "draft ";
const SIGNED_OUT = "console-signed-out";
const person = document.body.dataset.person;
// The inputs of the act; its key, so that it is done once; and what it was written on.
export const isKept = (name) => /^(\/|key$|version$|zone$)/.test(name);

const nameOf = (address) => `${BEGINS}${person} ${new URL(address, location).pathname}`;
const names = () => Object.keys(sessionStorage).filter((one) => one.startsWith(BEGINS));
const safely = (act, otherwise) => {
  try {
    return act();
  } catch {
    return otherwise; // a browser that keeps nothing, or has no room
  }
};

// Returns whether the browser kept it.
export const keep = (form) =>
  safely(() => {
    const inputs = [...new FormData(form)].filter(([name, value]) => isKept(name) && typeof value === "string");
    sessionStorage.setItem(nameOf(form.action), JSON.stringify({ at: Date.now(), inputs }));
    return true;
  }, false);
export const kept = (address) => safely(() => JSON.parse(sessionStorage.getItem(nameOf(address)))?.inputs);
export const drop = (address) => safely(() => sessionStorage.removeItem(nameOf(address)));

// A tab that slept while its writer signed out in another one finds the instant of it when it wakes.
const clean = () =>
  safely(() => {
    const end = Number(localStorage.getItem(SIGNED_OUT) ?? 0);
    for (const name of names()) {
      const anothers = person && !name.startsWith(`${BEGINS}${person} `);
      if (anothers || JSON.parse(sessionStorage.getItem(name)).at <= end) sessionStorage.removeItem(name);
    }
  });
if (document.querySelector("[data-signed-out]")) safely(() => localStorage.setItem(SIGNED_OUT, String(Date.now())));
clean();
window.addEventListener("storage", (event) => event.key === SIGNED_OUT && clean());
window.addEventListener("pageshow", clean);
