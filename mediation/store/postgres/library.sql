-- The log as the eventsourcing library reads it; see recorder.py.
CREATE VIEW stored_events AS
SELECT stream_id AS originator_id, version AS originator_version, kind AS topic, body AS state, position AS notification_id
FROM event;
