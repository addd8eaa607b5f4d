-- Which catalog this is, also after it was restored: the workers of one namespace of Temporal use the same one.
CREATE TABLE IF NOT EXISTS catalog_identity (
  only_row TINYINT NOT NULL DEFAULT 1 PRIMARY KEY CHECK (only_row = 1),
  id CHAR(36) NOT NULL
);
