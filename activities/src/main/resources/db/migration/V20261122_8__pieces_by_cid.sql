-- Which sectors hold a piece: any unsealed copy of one of them has its data.

ALTER TABLE sector_piece
  ADD KEY IF NOT EXISTS sector_piece_by_cid (cid, miner, number, offset_bytes);
