-- Every worker looks for new revocations of tokens twice a second: few facts among many.
CREATE INDEX event_revoked ON event (position) WHERE kind IN ('TokenRevoked', 'TokensOfSubjectRevoked');
