using System.Data.Common;
using System.Text;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Signs the heads of this institution's log, each only if it holds all that was signed before: also by another of its
/// gateways, and before the mirror was made anew. What was signed last is kept in the store. Thread-safe.
/// </summary>
public sealed class LogHeads(
    GatewayStore store, LedgerProjection projection, LedgerIdentity identity, LogKey key,
    GatewayServiceOptions options, TimeProvider time)
{
    private const string SettingPrefix = "log-head:";

    /// <summary>The log's name: the ledger, of which there is one in the world, and whose log of it this is.</summary>
    /// <exception cref="ProblemException">The ledger is not known yet.</exception>
    public string Origin => $"{identity.Name}/{Uri.EscapeDataString(options.MspId)}";

    /// <summary>What verifies the heads that this gateway signs.</summary>
    /// <exception cref="ProblemException">The ledger is not known yet.</exception>
    public NoteKey VerifierKey => key.For(Origin).Key;

    /// <summary>
    /// Gives the newest head, signed. It is as new as the mirror; one that another gateway of the institution has
    /// signed may be newer.
    /// </summary>
    /// <exception cref="ProblemException">It does not hold what was signed before, or is not known yet.</exception>
    public async Task<SignedNote> ReadAsync(CancellationToken cancellationToken)
    {
        var signer = key.For(Origin);
        string name = SettingPrefix + signer.Key.Name;
        var (size, root) = projection.Log.Now;
        var head = new LogHead(signer.Key.Name, size, root);
        if (store.ReadText(name) is { } kept
            && Supersedes(SignedNote.Parse(Encoding.UTF8.GetBytes(kept)), head, signer.Key) is { } known)
            return known;

        var signature = await signer.SignAsync(head.ToText(), time.GetUtcNow(), cancellationToken);
        return await store.Database.WriteAsync(connection => Keep(connection, name, head, signature, signer.Key));
    }

    /// <summary>Whoever else signed in between is asked again, where nobody else writes.</summary>
    private SignedNote Keep(
        DbConnection connection, string name, LogHead head, NoteSignature signature, NoteKey verifier)
    {
        var note = new SignedNote(head.ToText(), [signature]);
        if (GatewayStore.ReadSetting(connection, name) is { } kept)
        {
            var before = SignedNote.Parse(kept);
            if (Supersedes(before, head, verifier) is { } known) return known;

            // The same head, signed by another key: both stand, so that gateways with two keys do not take turns.
            if (before.Text == note.Text) note = before.With(signature);
        }

        GatewayStore.WriteSetting(connection, name, note.ToBytes());
        return note;
    }

    /// <summary>Gives what was signed before, if it is to be handed out in place of a head.</summary>
    /// <exception cref="ProblemException">The log does not hold it.</exception>
    private SignedNote? Supersedes(SignedNote note, LogHead head, NoteKey verifier)
    {
        var before = LogHead.Parse(note.Text);
        if (before.Size > head.Size) return note;
        var root = before.Size == head.Size ? head.Root : projection.Log.RootAt(before.Size);
        if (!root.Span.SequenceEqual(before.Root.Span))
        {
            throw new ProblemException(
                ProblemKind.LogContradicts,
                $"Of {before.Size} leaves this log has another root than was signed before, so no head is signed any "
                + "more: the peer's ledger is another one, or a gateway of another version derived it. Compare it with "
                + "another member's: microcreds log fsck --against.");
        }

        // After a change of keys the same head is signed by the new one, too.
        return before.Size == head.Size && note.Signatures.Any(one => one.KeyId == verifier.Id) ? note : null;
    }
}
