using System.Data.Common;
using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Signs the heads of the ledger's log in this institution's name, each only if it holds all that was signed before:
/// also by another of its gateways, and before the mirror was made anew. What was signed last is kept in the store, and
/// beside it the head that most others signed. Thread-safe.
/// </summary>
public sealed class LogHeads(
    GatewayStore store, LedgerProjection projection, ProjectionFollower follower, LedgerIdentity identity, LogKey key,
    GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>How long a signature stands before the same head is signed with the time of then.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How far the clock may have been set back since the last signature: as long the time of then is signed once
    /// more, since a smaller head with a later time than a larger one would be a lie. Beyond it no member signs.
    /// </summary>
    public static readonly TimeSpan MaxSetBack = KeyRule.ClockSkew;

    /// <summary>How long a head that more others signed is kept in place of a newer one.</summary>
    public static readonly TimeSpan CosignedLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Begins the name of the setting with what was signed last.</summary>
    internal const string SettingPrefix = "log-head-3:";

    // Heads of before committed neither to the members nor, the first, to the filter: the same log had others.
    private static readonly string[] EarlierPrefixes = ["log-head-2:", "log-head:"];

    private const string CosignedPrefix = "log-cosigned:";
    private const string TimePrefix = "log-signed-at:";

    /// <summary>
    /// The log's name: the ledger's, of which there is one in the world. All members' logs of it are the same one.
    /// </summary>
    /// <exception cref="ProblemException">The ledger is not known yet.</exception>
    public string Origin => identity.Name;

    /// <summary>What verifies the heads that this gateway signs as the log.</summary>
    /// <exception cref="ProblemException">The ledger is not known yet.</exception>
    public NoteKey VerifierKey => key.For(Origin).Key;

    /// <summary>What verifies its cosignatures as a member.</summary>
    /// <exception cref="ProblemException">The ledger is not known yet.</exception>
    public NoteKey MemberKey => Member.Key;

    /// <summary>What verifies its cosignatures of ML-DSA-44 as a member; none if it makes none.</summary>
    /// <exception cref="ProblemException">The ledger is not known yet.</exception>
    public NoteKey? MlDsaMemberKey => MlDsaMember?.Key;

    /// <summary>Until when no head is signed as a member, since one was with a time that has not come.</summary>
    public DateTimeOffset? AheadUntil { get; private set; }

    /// <summary>The file in the data directory with the key.</summary>
    internal string KeyFile => key.StoredIn;

    /// <summary>The name that it cosigns under.</summary>
    internal string MemberName => MemberCosigner.NameOf(Origin, options.MspId);

    private NoteSigner Member => key.For(MemberName, NoteKeyType.Cosignature);

    private NoteSigner? MlDsaMember => key.ForMlDsa(MemberName, NoteKeyType.MlDsaHead);

    /// <summary>
    /// Gives the newest head, signed as the log; and as a member, with the time, if the mirror holds all that the peer
    /// has: an old one would have a revoked credential in force as of now. One that another gateway of the institution
    /// has signed may be newer.
    /// </summary>
    /// <exception cref="ProblemException">It does not hold what was signed before, or is not known yet.</exception>
    public async Task<SignedNote> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryReadAsync(Origin, cancellationToken) is { } note) return note;
        }
    }

    /// <returns>The head; none if another was signed meanwhile with a later time, so that this must not be.</returns>
    private async Task<SignedNote?> TryReadAsync(string origin, CancellationToken cancellationToken)
    {
        bool isCurrent = follower.IsCurrent;
        var now = projection.Log.Now;
        var head = new LogHead(origin, now.Size, now.Root) { Extensions = now.Standing.ToLines() };
        var signedAt = time.GetUtcNow();
        if (store.ReadText(SettingPrefix + origin) is { } kept
            && Supersedes(SignedNote.Parse(Encoding.UTF8.GetBytes(kept)), head, isCurrent) is { } known)
            return known;
        if (FindEarlier(head) is { } earlier) return earlier;
        AheadUntil = null;
        if (TimeOf(store.ReadText(TimePrefix + MemberKey)) is { } last && last > signedAt)
        {
            if (last - signedAt > MaxSetBack) (AheadUntil, isCurrent) = (last, false);
            signedAt = last;
        }

        string text = head.ToText();
        var signatures = new List<NoteSignature>
        {
            await key.For(origin).SignAsync(text, signedAt, cancellationToken),
        };
        if (isCurrent)
        {
            signatures.Add(await Member.SignAsync(text, signedAt, cancellationToken));
            if (MlDsaMember is { } mlDsa)
                signatures.Add(await mlDsa.SignAsync(text, signedAt, cancellationToken));
        }

        return await store.Database.WriteAsync(connection => Keep(connection, head, signatures, isCurrent));
    }

    /// <summary>Gives the head that most others signed; none if none was kept yet.</summary>
    public SignedNote? FindCosigned() => store.ReadText(CosignedPrefix + Origin) is { } kept
        ? SignedNote.Parse(Encoding.UTF8.GetBytes(kept)) : null;

    /// <summary>
    /// Keeps a head with the signatures of others; if they are not enough, unless more signed an earlier one not long
    /// ago. What stood by it can be proven from now on.
    /// </summary>
    /// <param name="note">The head.</param>
    /// <param name="isEnough">
    /// Whether who relies on it asks for no more: else one that signs nothing would have all that is withdrawn hidden.
    /// </param>
    /// <returns>What is kept.</returns>
    internal async Task<SignedNote> KeepCosignedAsync(SignedNote note, bool isEnough)
    {
        string name = CosignedPrefix + Origin;
        var kept = await store.Database.WriteAsync(connection =>
        {
            var before = GatewayStore.ReadSetting(connection, name) is { } bytes ? SignedNote.Parse(bytes) : null;
            var chosen = before is null ? note : ChooseOf(before, note, isEnough);
            if (before?.ToString() != chosen.ToString())
                GatewayStore.WriteSetting(connection, name, chosen.ToBytes());
            return chosen;
        });
        projection.Log.KeepStandingFrom = LogHead.Parse(kept.Text).Size;
        return kept;
    }

    private SignedNote ChooseOf(SignedNote before, SignedNote note, bool isEnough)
    {
        if (before.Text == note.Text) return before.With(note.Signatures);

        // Signatures that came late are of a head that a newer one has followed.
        bool isOlder = LogHead.Parse(note.Text).Size < LogHead.Parse(before.Text).Size;
        if (isEnough && !isOlder) return note;
        bool isFresh = SignedAt(before) is { } signedAt && signedAt > time.GetUtcNow() - CosignedLifetime;
        return (isOlder || (isFresh && CosignersOf(before) > CosignersOf(note))) && IsHeld(before) ? before : note;
    }

    private static int CosignersOf(SignedNote note) => note.Signatures.Select(one => one.Name).Distinct().Count();

    private bool IsHeld(SignedNote note)
    {
        var head = LogHead.Parse(note.Text);
        if (projection.Log.HeadAt(head.Origin, head.Size)?.ToText() != note.Text) return false;

        // A mirror that came to it anew may have let go of what stood by it, from the root on.
        return projection.Log.StandingAt(head.Size).Roots().ToLines().SequenceEqual(head.Extensions);
    }

    /// <summary>When this gateway's key cosigned a head; none if it did not.</summary>
    private DateTimeOffset? SignedAt(SignedNote note) => note.SignedAt(MemberKey);

    /// <summary>Whoever else signed in between is asked again, where nobody else writes.</summary>
    private SignedNote? Keep(
        DbConnection connection, LogHead head, IReadOnlyList<NoteSignature> signatures, bool isCurrent)
    {
        string name = SettingPrefix + head.Origin;
        var note = new SignedNote(head.ToText(), signatures);
        if (SignedAt(note) is { } signedAt && !TryMoveTime(connection, signedAt)) return null;
        if (GatewayStore.ReadSetting(connection, name) is { } kept)
        {
            var before = SignedNote.Parse(kept);
            if (Supersedes(before, head, isCurrent) is { } known) return known;

            // The same head, signed by another key: both stand, so that gateways with two keys do not take turns.
            if (before.Text == note.Text) note = before.With(signatures);
        }

        GatewayStore.WriteSetting(connection, name, note.ToBytes());
        return note;
    }

    /// <summary>Keeps when the member's key signed last; false if it signed with a later time meanwhile.</summary>
    private bool TryMoveTime(DbConnection connection, DateTimeOffset signedAt)
    {
        string name = TimePrefix + MemberKey;
        byte[]? kept = GatewayStore.ReadSetting(connection, name);
        if (TimeOf(kept is null ? null : Encoding.ASCII.GetString(kept)) > signedAt) return false;
        string seconds = signedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        GatewayStore.WriteSetting(connection, name, Encoding.ASCII.GetBytes(seconds));
        return true;
    }

    private static DateTimeOffset? TimeOf(string? seconds) => seconds is null
        ? null : DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));

    /// <summary>
    /// Gives what an earlier version signed, while the log is not as long: from then on it must have the same leaves.
    /// </summary>
    /// <exception cref="ProblemException">It has others.</exception>
    private SignedNote? FindEarlier(LogHead head)
    {
        if (store.ReadText(SettingPrefix + head.Origin) is not null
            || EarlierPrefixes.Select(prefix => store.ReadText(prefix + head.Origin))
                .FirstOrDefault(one => one is not null) is not { } kept)
            return null;
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(kept));
        var before = LogHead.Parse(note.Text);
        if (before.Size > head.Size) return note;
        if (!projection.Log.RootAt(before.Size).AsSpan().SequenceEqual(before.Root.Span))
            throw Contradicts(before.Size);

        // Two heads of one size with other lines would be two faces: the new form is signed once the log has grown.
        return before.Size == head.Size && note.Text != head.ToText() ? note : null;
    }

    private static ProblemException Contradicts(long size) => new(
        ProblemKind.LogContradicts,
        $"Of {size} leaves this log says something else than was signed before, so no head is signed any more: the "
        + "peer's ledger is another one, or a gateway of another version derived it. Compare it with another member's: "
        + "microcreds log fsck --against.");

    /// <summary>Gives what was signed before, if it is to be handed out in place of a head.</summary>
    /// <exception cref="ProblemException">The log does not hold it.</exception>
    private SignedNote? Supersedes(SignedNote note, LogHead head, bool isCurrent)
    {
        var before = LogHead.Parse(note.Text);
        if (before.Size > head.Size) return note;
        var held = before.Size == head.Size ? head : projection.Log.HeadAt(head.Origin, before.Size);
        if (held?.ToText() != note.Text) throw Contradicts(before.Size);

        // After a change of keys, and after a while, the same head is signed anew.
        return before.Size == head.Size && note.Signatures.Any(one => one.KeyId == VerifierKey.Id)
            && (!isCurrent || SignedAt(note) > time.GetUtcNow() - RenewAfter) ? note : null;
    }
}
