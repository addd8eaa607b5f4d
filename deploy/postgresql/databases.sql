-- Temporal's two empty databases, for the users of users.sql.
CREATE DATABASE temporal OWNER temporal_owner;
CREATE DATABASE temporal_visibility OWNER temporal_owner;
REVOKE CONNECT, TEMPORARY ON DATABASE temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE temporal, temporal_visibility TO temporal;
\connect temporal
ALTER DEFAULT PRIVILEGES FOR ROLE temporal_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO temporal;
ALTER DEFAULT PRIVILEGES FOR ROLE temporal_owner GRANT USAGE ON SEQUENCES TO temporal;
\connect temporal_visibility
ALTER DEFAULT PRIVILEGES FOR ROLE temporal_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO temporal;
ALTER DEFAULT PRIVILEGES FOR ROLE temporal_owner GRANT USAGE ON SEQUENCES TO temporal;
