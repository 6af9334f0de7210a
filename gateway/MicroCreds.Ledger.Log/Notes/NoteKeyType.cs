namespace MicroCreds.Ledger.Log.Notes;

/// <summary>What a key signs in notes, by the identifier that C2SP's signed-note assigns.</summary>
public enum NoteKeyType
{
    /// <summary>Ed25519 over the note's text.</summary>
    Ed25519 = 0x01,

    /// <summary>Ed25519 over the text with the time of signing before it: <c>cosignature/v1</c>.</summary>
    Cosignature = 0x04,
}
