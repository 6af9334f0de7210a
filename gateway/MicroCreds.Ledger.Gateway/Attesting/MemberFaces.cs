using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Remembers what keys of the log signed, finds what contradicts itself, and keeps that as a file that anybody can
/// check. Of each key the largest head is remembered that this gateway's log has, too, and the last one that it has
/// not, with the leaf at which the two part, also over a restart; and until then the largest that is beyond this log.
/// Thread-safe.
/// </summary>
public sealed partial class MemberFaces(
    GatewayStore store, LogEvidence evidence, LedgerProjection projection, TimeProvider time,
    ILogger<MemberFaces> logger)
{
    private const string SamePrefix = "log-face:";
    private const string OtherPrefix = "log-other-face:";

    /// <summary>How long a head that is as it should be is not looked at again.</summary>
    private static readonly TimeSpan HeardLifetime = TimeSpan.FromMinutes(1);

    /// <summary>How long it is not asked again what another gateway of the institution may have seen.</summary>
    private static readonly TimeSpan SeenLifetime = TimeSpan.FromSeconds(2);

    /// <summary>The most heads that are known to be as they should, by their hashes.</summary>
    private const int MaxHeard = 4096;

    // Every member tells the same heads again, in every turn. One that is forgotten is only looked at once more; so is
    // each after a while, since another gateway of the institution may have seen what contradicts it.
    private readonly ConcurrentDictionary<string, long> _heard = new(StringComparer.Ordinal);
    private long _others;

    // A head beyond this log says nothing yet, until its key signs a shorter one later than it.
    private readonly ConcurrentDictionary<string, SignedNote> _beyond = new(StringComparer.Ordinal);

    private volatile Told? _seen;

    /// <summary>The signatures that were good.</summary>
    public NoteMemory Signatures { get; } = new();

    /// <summary>What was found so far, the newest first.</summary>
    public IReadOnlyList<KeptEvidence> Found => evidence.List();

    /// <summary>
    /// The heads that keys signed, as this gateway saw them a moment ago: at most two of each. All members ask for
    /// them, again and again.
    /// </summary>
    public IReadOnlyList<SeenHead> SeenOf(Func<IEnumerable<NoteKey>> keys)
    {
        if (_seen is { } kept && time.GetElapsedTime(kept.At) < SeenLifetime) return kept.Heads;
        long at = time.GetTimestamp();
        SeenHead[] heads =
        [
            .. from key in keys()
               from note in new[] { ReadSame(key), ReadOther(key)?.ToNote() }
               where note is not null
               select new SeenHead(key.ToString(), note.ToString()),
        ];
        _seen = new Told(heads, at);
        return heads;
    }

    /// <summary>
    /// Hears which heads somebody else saw of keys that are known here: who shows each of us another face is found so.
    /// What was not signed by such a key is passed over.
    /// </summary>
    /// <param name="seen">The heads.</param>
    /// <param name="known">The keys.</param>
    /// <param name="origin">The log.</param>
    public async Task HearAsync(IReadOnlyList<SeenHead> seen, IReadOnlyList<NoteKey> known, string origin)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var keys = known.ToDictionary(key => key.ToString(), StringComparer.Ordinal);
        int told = 0;
        foreach (var one in seen.OfType<SeenHead>())
        {
            string name = NameOf(one.Key, one.Head);
            if (IsRemembered(name)) continue;
            if (!keys.TryGetValue(one.Key ?? "", out var key) || Open(one, key) is not var (note, head)
                || head.Origin != origin)
                continue;
            if (head.Size > projection.Log.Now.Size)
            {
                await SeeBeyondAsync(key, note);
            }
            else if (projection.Log.HeadAt(origin, head.Size)?.ToText() == note.Text)
            {
                long others = Interlocked.Read(ref _others);
                await SeeSameAsync(key, note);

                // Whoever tells more than there can be of known keys has the rest looked at again.
                if (told++ < 2 * keys.Count) Remember(name, others);
            }
            else
            {
                await SeeOtherAsync(key, note, index: null, leaf: null);
            }
        }
    }

    /// <summary>Finds a file by its name; null if there is none.</summary>
    public TwoFaces? Find(string id) => evidence.Find(id) is { } file ? TwoFaces.Read(file) : null;

    /// <summary>Sees a head that a key signed, of which this gateway's log cannot say anything yet.</summary>
    public async Task SeeBeyondAsync(NoteKey key, SignedNote note)
    {
        await SeeAsync(key, note);
        var seen = Only(key, note);
        _beyond.AddOrUpdate($"{key}", seen, (_, before) => SizeOf(before) < SizeOf(seen) ? seen : before);
    }

    private async Task SeeAsync(NoteKey key, SignedNote note)
    {
        if (_beyond.TryGetValue($"{key}", out var beyond))
        {
            var found = TwoFaces.Find(key, beyond, note);
            await KeepAsync(found);
            if (found?.Judge().Kind is not null) _beyond.TryRemove(new($"{key}", beyond));

            // This log has come as far: it is one of those that are judged by it.
            if (SizeOf(beyond) <= projection.Log.Now.Size && _beyond.TryRemove(new($"{key}", beyond))
                && projection.Log.HeadAt(LogHead.Parse(beyond.Text).Origin, SizeOf(beyond))?.ToText() != beyond.Text)
                await SeeOtherAsync(key, beyond, index: null, leaf: null);
        }

        if (ReadSame(key) is { } same) await KeepAsync(TwoFaces.Find(key, same, note));
        if (ReadOther(key) is { } other) await KeepAsync(TwoFaces.Find(key, other.ToNote(), note));
    }

    /// <summary>Sees a head that a key signed, and that this gateway's log had, too.</summary>
    public async Task SeeSameAsync(NoteKey key, SignedNote note)
    {
        string name = NameOf(key.ToString(), Only(key, note).ToString());
        if (IsRemembered(name)) return;
        long others = Interlocked.Read(ref _others);
        await SeeAsync(key, note);
        long size = SizeOf(note);
        if (ReadOther(key) is { Leaf: { } leaf } other && other.Index < size)
        {
            await KeepAsync(TwoFaces.Find(
                key, other.ToNote(), leaf, note, projection.Log.PlaceOf(other.Index, size), other.Index));
        }

        if (ReadSame(key) is not { } before || SizeOf(before) < size)
            await WriteAsync(SamePrefix + key, Only(key, note).ToString());
        Remember(name, others);
    }

    /// <summary>Sees a head that a key signed, and that this gateway's log never had.</summary>
    /// <param name="key">The key.</param>
    /// <param name="note">The head.</param>
    /// <param name="index">The first leaf that is another one; none if none is.</param>
    /// <param name="leaf">That leaf, as the head has it.</param>
    public async Task SeeOtherAsync(NoteKey key, SignedNote note, long? index, LeafPlace? leaf)
    {
        await SeeAsync(key, note);

        // Tiles that are none of the head's prove nothing.
        bool isIn = index is { } number && leaf?.IsIn(LogHead.Parse(note.Text), number) == true;
        if (isIn && ReadSame(key) is { } same && SizeOf(same) is var size && index < size
            && size <= projection.Log.Now.Size)
        {
            await KeepAsync(TwoFaces.Find(
                key, same, projection.Log.PlaceOf(index.Value, size), note, leaf!, index.Value));
        }

        if (ReadOther(key) is { } before
            && (before.Leaf is null ? !isIn && before.ToNote().Text == note.Text
                : !isIn || before.ToNote().Text == note.Text))
            return;
        var seen = new OtherFace(Only(key, note).ToString(), index ?? 0, isIn ? leaf : null);
        await WriteAsync(OtherPrefix + key, JsonSerializer.Serialize(seen, LedgerJson.Options));

        // Each head that was as it should be may contradict this one.
        Interlocked.Increment(ref _others);
        _heard.Clear();
    }

    /// <summary>Keeps what contradicts itself, and says so; nothing if nothing does.</summary>
    public async Task KeepAsync(TwoFaces? faces)
    {
        if (faces?.Judge() is not { Kind: { } kind, Key: { } key } finding) return;
        byte[] file = CanonicalJson.Serialize(faces);
        var kept = new KeptEvidence(
            Convert.ToHexStringLower(SHA256.HashData(file)), key.ToString(),
            JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), time.GetUtcNow());
        if (await evidence.AddAsync(kept, file)) LogTwoFaces(key.Name, finding.Detail, kept.Id);
    }

    private (SignedNote Note, LogHead Head)? Open(SeenHead seen, NoteKey key)
    {
        try
        {
            var note = SignedNote.Parse(Encoding.UTF8.GetBytes(seen.Head));
            return note.TryOpen([key], Signatures, out _, out _) ? (note, LogHead.Parse(note.Text)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private async Task WriteAsync(string name, string seen)
    {
        await store.WriteTextAsync(name, seen);
        _seen = null;
    }

    private bool IsRemembered(string name) =>
        _heard.TryGetValue(name, out long at) && time.GetElapsedTime(at) < HeardLifetime;

    /// <summary>Remembers a head that is as it should be, unless one that is not was seen meanwhile.</summary>
    private void Remember(string name, long others)
    {
        if (_heard.Count >= MaxHeard) _heard.Clear();
        _heard[name] = time.GetTimestamp();
        if (Interlocked.Read(ref _others) != others) _heard.TryRemove(name, out _);
    }

    private static long SizeOf(SignedNote note) => LogHead.Parse(note.Text).Size;

    private static string NameOf(string? key, string? head) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{head}")));

    private SignedNote? ReadSame(NoteKey key) =>
        store.ReadText(SamePrefix + key) is { } kept ? SignedNote.Parse(Encoding.UTF8.GetBytes(kept)) : null;

    private OtherFace? ReadOther(NoteKey key) => store.ReadText(OtherPrefix + key) is { } kept
        ? LedgerJson.Deserialize<OtherFace>(Encoding.UTF8.GetBytes(kept)) : null;

    private static SignedNote Only(NoteKey key, SignedNote note) => new(
        note.Text, [.. note.Signatures.Where(one => one.KeyId == key.Id && one.Name == key.Name)]);

    [LoggerMessage(
        LogLevel.Critical, "{Key} showed two faces. {Detail} The file that proves it is /v1/log/evidence/{Id}")]
    private partial void LogTwoFaces(string key, string detail, string id);

    /// <summary>What was told at a timestamp.</summary>
    private sealed record Told(IReadOnlyList<SeenHead> Heads, long At);

    /// <summary>A head that this gateway's log never had.</summary>
    /// <param name="Head">The head, with the key's signature.</param>
    /// <param name="Index">The first leaf that is another one.</param>
    /// <param name="Leaf">That leaf; none if it is not known to lie in the head.</param>
    private sealed record OtherFace(string Head, long Index, LeafPlace? Leaf = null)
    {
        public SignedNote ToNote() => SignedNote.Parse(Encoding.UTF8.GetBytes(Head));
    }
}

/// <summary>A head that a key signed.</summary>
/// <param name="Key">The verifier key.</param>
/// <param name="Head">The head with its signature, as C2SP's signed-note has it.</param>
public sealed record SeenHead(string Key, string Head);

/// <summary>The heads that somebody saw.</summary>
/// <param name="Items">The heads.</param>
public sealed record SeenHeads(IReadOnlyList<SeenHead> Items);
