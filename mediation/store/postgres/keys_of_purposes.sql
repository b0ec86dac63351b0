-- A key for one purpose of a person, such as their contacts about one order: `subject` stands for the purpose, and `person` is
-- whose key it is. It can be destroyed alone, and is destroyed when the person is erased. NULL: the subject is the person.
ALTER TABLE keys.data_key ADD COLUMN person uuid;
CREATE INDEX data_key_of_person ON keys.data_key (person) WHERE person IS NOT NULL AND destroyed_at IS NULL;
