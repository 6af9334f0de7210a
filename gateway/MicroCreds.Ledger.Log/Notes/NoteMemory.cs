using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>
/// Remembers which signatures of notes were good: members and witnesses hand on each other's, so that the same one
/// comes many times. At most some megabytes. Thread-safe.
/// </summary>
public sealed class NoteMemory
{
    internal SignatureMemory Signatures { get; } = new();
}
