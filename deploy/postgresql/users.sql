-- Temporal's two users. psql's variables owner and temporal are their passwords.
-- The owner makes and changes the tables (temporal-sql-tool); the server runs as the other one, which cannot.
CREATE ROLE temporal_owner LOGIN PASSWORD :'owner';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
