-- Whoever begins to practise is looked up by the address, however it is written: anybody may.
CREATE INDEX practice_address_folded ON practice (lower(address)) WHERE address IS NOT NULL;
