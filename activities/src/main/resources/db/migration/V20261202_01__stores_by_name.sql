-- Every worker asks every few seconds for the stores that have the name of one of its own.
ALTER TABLE sealing_store
  ADD KEY IF NOT EXISTS sealing_store_by_name (name);
