// Reads a log that another program wrote with Go's own sumdb packages, and writes one for the other program to read:
// log theirs ours key cosigner
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if len(os.Args) != 5 {
		fail(fmt.Errorf("usage: log theirs ours key cosigner"))
	}
	read(os.Args[1], os.Args[3], os.Args[4])
	write(os.Args[2])
}

// files serves tiles to tlog.TileHashReader, which holds them against the root.
type files struct{ dir string }

func (f files) Height() int                         { return height }
func (f files) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(f.dir, path(tile)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// path leaves out the height, which tlog-tiles fixes.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

// cosigner verifies cosignature/v1, which note leaves to others.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}

func newCosigner(text string) cosigner {
	parts := strings.SplitN(text, "+", 3)
	id, err := strconv.ParseUint(parts[1], 16, 32)
	check(err)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	if key[0] != 4 {
		fail(fmt.Errorf("the cosigner's key is of type %d", key[0]))
	}
	return cosigner{parts[0], uint32(id), key[1:]}
}

func read(dir, key, witness string) {
	verifier, err := note.NewVerifier(key)
	check(err)
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	check(err)
	opened, err := note.Open(signed, note.VerifierList(verifier, newCosigner(witness)))
	check(err)
	if len(opened.Sigs) != 2 {
		fail(fmt.Errorf("%d signatures verify, not 2", len(opened.Sigs)))
	}
	head := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(head[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(head[2])
	check(err)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, files{dir})
	for i := int64(0); i < size; i++ {
		proven, err := tlog.ProveRecord(size, i, reader)
		check(err)
		leaf := tlog.RecordHash(entryAt(dir, i, size))
		check(tlog.CheckRecord(proven, size, root, i, leaf))
		check(tlog.CheckRecord(hashes(dir, fmt.Sprintf("inclusion-%d", i)), size, root, i, leaf))
	}
	for old := int64(1); old < size; old++ {
		before, err := tlog.TreeHash(old, reader)
		check(err)
		check(tlog.CheckTree(hashes(dir, fmt.Sprintf("consistency-%d", old)), size, root, old, before))
	}
	fmt.Printf("read %d leaves\n", size)
}

func entryAt(dir string, index, size int64) []byte {
	tile := tlog.Tile{H: height, L: 0, N: index / 256, W: int(min(256, size-index/256*256))}
	data, err := os.ReadFile(filepath.Join(dir, strings.Replace(path(tile), "tile/0/", "tile/entries/", 1)))
	check(err)
	for i := index / 256 * 256; ; i++ {
		length := int(binary.BigEndian.Uint16(data))
		if i == index {
			return data[2 : 2+length]
		}
		data = data[2+length:]
	}
}

func hashes(dir, name string) []tlog.Hash {
	data, err := os.ReadFile(filepath.Join(dir, name))
	check(err)
	var all []tlog.Hash
	for _, line := range bytes.Fields(data) {
		hash, err := tlog.ParseHash(string(line))
		check(err)
		all = append(all, hash)
	}
	return all
}

// write makes a log of 600 leaves: its tiles, two heads, and the proof between them.
func write(dir string) {
	const old, size = 500, 600
	secret, key, err := note.GenerateKey(nil, "log.example/theirs")
	check(err)
	signer, err := note.NewSigner(secret)
	check(err)
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for i := int64(0); i < size; i++ {
		added, err := tlog.StoredHashes(i, []byte(fmt.Sprintf("their leaf %d", i)), reader)
		check(err)
		stored = append(stored, added...)
	}
	for _, tile := range tlog.NewTiles(height, 0, size) {
		data, err := tlog.ReadTileData(tile, reader)
		check(err)
		put(filepath.Join(dir, path(tile)), data)
	}
	for _, n := range []int64{old, size} {
		root, err := tlog.TreeHash(n, reader)
		check(err)
		text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), n, root)
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		check(err)
		put(filepath.Join(dir, fmt.Sprintf("checkpoint-%d", n)), signed)
	}
	proven, err := tlog.ProveTree(size, old, reader)
	check(err)
	var lines strings.Builder
	for _, hash := range proven {
		fmt.Fprintln(&lines, hash)
	}
	put(filepath.Join(dir, "consistency"), []byte(lines.String()))
	put(filepath.Join(dir, "key"), []byte(key))
}

func put(name string, data []byte) {
	check(os.MkdirAll(filepath.Dir(name), 0o755))
	check(os.WriteFile(name, data, 0o644))
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
