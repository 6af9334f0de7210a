namespace MicroCreds.Ledger.Log.Notes;

/// <summary>What a key signs in notes, by the identifier that C2SP's signed-note assigns.</summary>
public enum NoteKeyType
{
    /// <summary>Ed25519 over the note's text.</summary>
    Ed25519 = 0x01,

    /// <summary>Ed25519 over the text with the time of signing before it: <c>cosignature/v1</c>.</summary>
    Cosignature = 0x04,

    /// <summary>
    /// ML-DSA-44 over name, time, origin, size and root of a checkpoint (C2SP tlog-cosignature): not over the lines
    /// behind the root, of which it says nothing.
    /// </summary>
    MlDsaCosignature = 0x06,

    /// <summary>
    /// ML-DSA-44 over the same, with an origin that commits to the lines behind the root: see
    /// <see cref="LogHead.BoundOrigin"/>. The specification leaves types of this number to others, each told by a text
    /// behind it, so that its readers do not take one for a cosignature of the checkpoint as it is.
    /// </summary>
    MlDsaHead = 0xff,
}
