-- Which CPU labels a thread's sector and how far it is, and which batches go before others.

ALTER TABLE sealing_thread
  ADD COLUMN IF NOT EXISTS label_cpu INT NULL AFTER progress,
  ADD COLUMN IF NOT EXISTS label_layer INT NULL AFTER label_cpu,
  ADD COLUMN IF NOT EXISTS label_layers INT NULL AFTER label_layer;

ALTER TABLE batch
  ADD COLUMN IF NOT EXISTS urgent BOOLEAN NOT NULL DEFAULT FALSE AFTER force_seal;
