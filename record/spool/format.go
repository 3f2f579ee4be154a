package spool

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// The file: a slot that stays empty (see open), one with the file's magic and a
// random key, and then records, each from the beginning of a slot on: a header,
// in little endian the key, the record's position, its size, its CRC-32C and that
// of the header so far; and the record.
//
// What space holds that is not written yet is anything: records of an earlier
// turn, whose positions are lower. The key, which nobody who sends a body knows,
// keeps a body from looking like a record.
const (
	magic      = "vapitap spool 1\n"
	slot       = 64
	keySize    = 8
	keyOffset  = slot
	dataOffset = 2 * slot
	headerSize = keySize + 8 + 8 + 4 + 4
)

type header struct {
	at   int64
	size int64
	sum  uint32 // of the record
}

func roundUp(n int64) int64 { return (n + slot - 1) / slot * slot }

// putHeader writes the header of a record that begins Reserved bytes into buf.
func (f *File) putHeader(buf []byte, at int64) {
	copy(buf, f.key[:])
	binary.LittleEndian.PutUint64(buf[8:], uint64(at))
	binary.LittleEndian.PutUint64(buf[16:], uint64(len(buf)-Reserved))
	binary.LittleEndian.PutUint32(buf[24:], crc32.Checksum(buf[Reserved:], castagnoli))
	binary.LittleEndian.PutUint32(buf[28:], crc32.Checksum(buf[:28], castagnoli))
}

// parseHeader reads what putHeader wrote, and returns false for anything else.
func (f *File) parseHeader(buf []byte) (header, bool) {
	if len(buf) < headerSize || !bytes.Equal(buf[:keySize], f.key[:]) ||
		crc32.Checksum(buf[:28], castagnoli) != binary.LittleEndian.Uint32(buf[28:]) {
		return header{}, false
	}
	h := header{
		at:   int64(binary.LittleEndian.Uint64(buf[8:])),
		size: int64(binary.LittleEndian.Uint64(buf[16:])),
		sum:  binary.LittleEndian.Uint32(buf[24:]),
	}
	return h, h.at >= 0 && h.at%slot == 0 && h.size >= 0 && h.size <= maxRecord
}
