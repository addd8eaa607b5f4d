-- Checks of unsealed copies are recorded beside those of replicas.
ALTER TABLE stored_copy
  MODIFY COLUMN replica VARCHAR(16) NOT NULL COMMENT 'sealed, update or unsealed';
