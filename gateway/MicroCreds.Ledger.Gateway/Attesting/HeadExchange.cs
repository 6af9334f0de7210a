using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Serialization;
using MicroCreds.Ledger.Gateway.Asking;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Gathers the signatures of other members and of witnesses on the head of this gateway's log. A member's counts only
/// if this gateway derived the same head from its own peer's blocks; of one that says something else the leaf is found
/// at which the two part, and of one that contradicts itself a file is kept. Thread-safe.
/// </summary>
public sealed partial class HeadExchange(
    LogHeads heads, LedgerProjection projection, LogCosigners cosigners, LogMembers members, MemberGateways gateways,
    MemberFaces faces, CosignerClient client, GatewayStore store, GatewayServiceOptions options, FirstCatchUp catchUp,
    TimeProvider time, ILogger<HeadExchange> logger)
    : BackgroundService
{
    private const string WitnessedPrefix = "log-witnessed:";

    /// <summary>
    /// The most members that are heard in a turn; of more the others are in the next: what each tells of all grows with
    /// their number, and so would the work with its cube.
    /// </summary>
    private const int MaxHeard = 8;

    /// <summary>
    /// How long a turn waits for all, if enough have signed: of who is slower the signatures are kept when they come.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How often a witness that cosigned another size than was thought is asked again at once.</summary>
    private const int MaxAsked = 2;

    private readonly ConcurrentDictionary<string, CosignerState> _states = new(StringComparer.Ordinal);

    // Who is asked and has not answered is not asked once more meanwhile.
    private readonly ConcurrentDictionary<string, bool> _waiting = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private int _firstHeard;

    // Of the turn that is under way.
    private IReadOnlyList<NoteKey> _known = [];

    /// <summary>Those who are asked: who is named, and if that is set every other member of now.</summary>
    private IReadOnlyList<LogCosigner> Asked => !cosigners.AsksMembers ? cosigners.All :
    [
        .. cosigners.All,
        .. members.MspIds.Where(mspId => mspId != options.MspId && !cosigners.All.Any(one => IsOf(one, mspId)))
            .Order(StringComparer.Ordinal).Select(mspId => new LogCosigner(mspId, Key: null, Address: null)),
    ];

    private static bool IsOf(LogCosigner cosigner, string mspId) => cosigner.Name == mspId
        || cosigner.Key?.Name.StartsWith(Uri.EscapeDataString(mspId) + "/", StringComparison.Ordinal) == true;

    /// <summary>How it went with each of them last, in the order of the settings.</summary>
    public IReadOnlyList<CosignerState> States =>
        [.. Asked.Select(one => _states.GetValueOrDefault(one.Name)).OfType<CosignerState>()];

    /// <summary>The members whose log is another one.</summary>
    public IReadOnlyList<CosignerState> Differing => [.. States.Where(one => one.DiffersAt is not null)];

    /// <summary>
    /// Gives a head that holds a leaf, with all signatures that could be had: one that was kept not long ago, or a new
    /// one.
    /// </summary>
    /// <exception cref="ProblemException">The log contradicts what was signed, or the ledger is not known.</exception>
    public async Task<SignedNote> HeadWithAsync(long leaf, CancellationToken cancellationToken)
    {
        // Who asks nobody has nothing to gather, and nothing to keep.
        if (Asked.Count == 0) return await heads.ReadAsync(cancellationToken);
        return FindWith(leaf) ?? await ExchangeAsync(leaf, cancellationToken);
    }

    private SignedNote? FindWith(long leaf) => heads.FindCosigned() is { } kept
        && LogHead.Parse(kept.Text).Size is var size && size > leaf && size <= projection.Log.Now.Size ? kept : null;

    /// <summary>Asks all of them now, and keeps what came of it.</summary>
    /// <returns>The head that is kept.</returns>
    /// <exception cref="ProblemException">The log contradicts what was signed, or the ledger is not known.</exception>
    public Task<SignedNote> ExchangeAsync(CancellationToken cancellationToken) =>
        ExchangeAsync(leaf: null, cancellationToken);

    private async Task<SignedNote> ExchangeAsync(long? leaf, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Whoever had the turn before may have gathered it.
            if (leaf is { } held && FindWith(held) is { } gatheredBefore) return gatheredBefore;
            var own = await heads.ReadAsync(cancellationToken);

            // Another gateway of the institution may have signed what has not come here yet.
            if (LogHead.Parse(own.Text).Size > projection.Log.Now.Size) return heads.FindCosigned() ?? own;
            _known = KnownKeys;
            var newest = await GatherAsync(own, cancellationToken);
            var kept = await heads.KeepCosignedAsync(newest, IsEnough(newest));

            // One that more signed stays, and does not hold what came since.
            return leaf is { } number && LogHead.Parse(kept.Text).Size <= number ? newest : kept;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks all, and waits for those who answer soon, and for as many as are enough.</summary>
    private async Task<SignedNote> GatherAsync(SignedNote own, CancellationToken cancellationToken)
    {
        var heard = NextHeard();
        Task<IReadOnlyList<NoteSignature>>[] asking =
        [
            .. Asked.Where(one => _waiting.TryAdd(one.Name, true))
                .Select(one => AskAsync(one, own, heard.Contains(one))),
        ];
        var all = Task.WhenAll(asking);
        await Task.WhenAny(all, Task.Delay(Patience, time, cancellationToken));
        SignedNote Answered() => own.With(
            asking.Where(one => one.IsCompletedSuccessfully).SelectMany(one => one.Result));
        while (!all.IsCompleted && !IsEnough(Answered()))
        {
            await Task.WhenAny(asking.Where(one => !one.IsCompleted)).WaitAsync(cancellationToken);
        }

        if (!all.IsCompleted) _ = KeepLateAsync(own, all);
        return Answered();
    }

    private async Task KeepLateAsync(SignedNote own, Task<IReadOnlyList<NoteSignature>[]> all)
    {
        try
        {
            var late = own.With((await all).SelectMany(one => one));
            await heads.KeepCosignedAsync(late, IsEnough(late));
        }
        catch (Exception exception)
        {
            // The service may have stopped; the next turn asks again.
            LogFailed(exception);
        }
    }

    /// <summary>
    /// Whether more than half of the members signed a head, as trust files ask for by default, and of the witnesses.
    /// </summary>
    private bool IsEnough(SignedNote note)
    {
        var signed = note.Signatures.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        string[] all = [.. members.MspIds.Select(mspId => MemberCosigner.NameOf(heads.Origin, mspId))];
        string[] witnesses = [.. Asked.Where(one => !IsMember(one)).Select(NameOf)];
        return all.Count(signed.Contains) > all.Length / 2
            && (witnesses.Length == 0 || witnesses.Count(signed.Contains) > witnesses.Length / 2);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (cosigners.All.Count == 0 && !cosigners.AsksMembers) return;
        try
        {
            await catchUp.Done.WaitAsync(stoppingToken);
            while (true)
            {
                await TryExchangeAsync(stoppingToken);
                await Task.Delay(options.LogExchange, time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
            return;
        }
    }

    private async Task TryExchangeAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (heads.FindCosigned() is { } kept) projection.Log.KeepStandingFrom = LogHead.Parse(kept.Text).Size;
            await ExchangeAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it is, the next turn comes; a contradiction stands where heads are asked for.
            LogFailed(exception);
        }
    }

    // Not ended by who asked for a proof: what comes after that is kept, too.
    private async Task<IReadOnlyList<NoteSignature>> AskAsync(LogCosigner cosigner, SignedNote own, bool isHeard)
    {
        string name = NameOf(cosigner);
        var before = _states.GetValueOrDefault(cosigner.Name) ?? new CosignerState(name);
        try
        {
            var (signatures, state) = IsMember(cosigner)
                ? await AskMemberAsync(cosigner, own, before, isHeard, CancellationToken.None)
                : await AskWitnessAsync(cosigner.Key!, cosigner.Address!, own, before, CancellationToken.None);
            _states[cosigner.Name] = state;
            return signatures;
        }
        catch (Exception exception)
        {
            // Whatever one of them answers, the others' signatures are gathered.
            _states[cosigner.Name] = before with { Fault = exception.Message };
            if (before.Fault != exception.Message) LogNotAnswered(name, exception.Message);
            return [];
        }
        finally
        {
            _waiting.TryRemove(cosigner.Name, out _);
        }
    }

    /// <summary>The members that are heard in this turn.</summary>
    private LogCosigner[] NextHeard()
    {
        LogCosigner[] all = [.. Asked.Where(IsMember)];
        int first = _firstHeard;
        if (all.Length > MaxHeard) _firstHeard = (first + MaxHeard) % all.Length;
        return [.. all.Skip(first).Concat(all.Take(first)).Take(MaxHeard)];
    }

    private string NameOf(LogCosigner cosigner) =>
        cosigner.Key?.Name ?? MemberCosigner.NameOf(heads.Origin, cosigner.Name);

    private bool IsMember(LogCosigner cosigner) => NameOf(cosigner) is var name && name == NameOfMember(name);

    /// <summary>What a member's name on this ledger would be: others have names of another kind.</summary>
    private string? NameOfMember(string name) => name.Split('/') is [var mspId, _]
        ? MemberCosigner.NameOf(heads.Origin, Uri.UnescapeDataString(mspId)) : null;

    private async Task<(IReadOnlyList<NoteSignature>, CosignerState)> AskMemberAsync(
        LogCosigner cosigner, SignedNote own, CosignerState before, bool isHeard, CancellationToken cancellationToken)
    {
        var address = cosigner.Address ?? gateways.AddressOf(cosigner.Name) ?? throw new FormatException(
            "Where its gateway is stands neither in the settings nor on the ledger: add its address to the line, or to "
            + "MICROCREDS_MEMBER_GATEWAYS.");
        var keys = KeysOf(cosigner);
        if (keys.Count == 0) throw new FormatException("The ledger has no key of the log of it that is in force.");
        var note = await client.ReadHeadAsync(address, cancellationToken);
        if (!note.TryOpen(keys, faces.Signatures, out var opened, out string? fault)) throw new FormatException(fault);
        if (isHeard) await HearAsync(address, cancellationToken);
        var theirs = LogHead.Parse(note.Text);
        var state = before with { Fault = null, Size = theirs.Size, SignedAt = opened[0].Time };
        if (theirs.Origin != heads.Origin)
            throw new FormatException($"Its log is {theirs.Origin}, which is another ledger's.");

        // What is beyond what this gateway has is judged once it has it.
        if (theirs.Size > projection.Log.Now.Size)
        {
            foreach (var one in opened) await faces.SeeBeyondAsync(one.Key, note);
            return ([], state);
        }

        if (projection.Log.HeadAt(theirs.Origin, theirs.Size)?.ToText() != note.Text)
        {
            long? leaf = await SeeOtherAsync(address, note, theirs.Size, opened, cancellationToken);
            if (before.DiffersAt is null) LogDiffers(before.Name, theirs.Size, leaf);
            return ([], state with { DiffersAt = theirs.Size, DiffersAtLeaf = leaf, Head = note.ToString() });
        }

        foreach (var one in opened) await faces.SeeSameAsync(one.Key, note);
        state = state with { DiffersAt = null, DiffersAtLeaf = null, Head = null };
        return note.Text == own.Text ? (KnownOf(note), state) : ([], state);
    }

    /// <summary>Hears what a member saw of others, and of itself; one of a version before tells nothing.</summary>
    private async Task HearAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await client.ReadSeenAsync(address, cancellationToken);
            await faces.HearAsync(seen.Items, _known, heads.Origin);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotHeard(exception, address);
        }
    }

    /// <summary>Finds the leaf from which on a member's log is another one.</summary>
    private async Task<long?> SeeOtherAsync(
        Uri address, SignedNote note, long size, IReadOnlyList<OpenedSignature> opened,
        CancellationToken cancellationToken)
    {
        Task<byte[]> ReadAsync(Tile tile) => client.ReadTileAsync(address, tile, cancellationToken);
        long? index = await LogDifference.FindAsync(projection.Log, size, ReadAsync);
        var leaf = index is { } number ? await LogDifference.FindLeafAsync(number, size, ReadAsync) : null;
        foreach (var one in opened) await faces.SeeOtherAsync(one.Key, note, index, leaf);
        return index;
    }

    private IReadOnlyList<NoteKey> KeysOf(LogCosigner cosigner) =>
        cosigner.Key is { } key ? [key] : members.KeysOf(cosigner.Name);

    /// <summary>The keys of those who are asked, of members that are named by their MSP those on the ledger.</summary>
    internal IReadOnlyList<NoteKey> KnownKeys => [.. Asked.SelectMany(KeysOf).DistinctBy(one => $"{one}")];

    /// <summary>The signatures on a head that are of those whom this gateway knows.</summary>
    private List<NoteSignature> KnownOf(SignedNote note) =>
        note.TryOpen(_known, faces.Signatures, out var opened, out _)
        ? [.. opened.GroupBy(one => (one.Key.Name, one.Key.Type)).Select(all => all.MaxBy(one => one.Time)!.Signature)]
        : [];

    private async Task<(IReadOnlyList<NoteSignature>, CosignerState)> AskWitnessAsync(
        NoteKey key, Uri address, SignedNote own, CosignerState before, CancellationToken cancellationToken)
    {
        var head = LogHead.Parse(own.Text);
        string setting = WitnessedPrefix + key;
        long old = long.Parse(store.ReadText(setting) ?? "0", CultureInfo.InvariantCulture);
        var log = heads.VerifierKey;
        var checkpoint = new SignedNote(own.Text, [.. own.Signatures.Where(one => one.KeyId == log.Id)]);
        for (int asked = 1; old <= head.Size; asked++)
        {
            var proof = projection.Log.ProveConsistency(old, head.Size);
            var (signatures, other) = await client.AskAsync(
                address, new WitnessRequest(old, proof, checkpoint), cancellationToken);
            if (other == old)
                throw new FormatException($"It cosigned another head of {old} leaves: one of the two is a lie.");
            if (other is { } size && asked < MaxAsked)
            {
                old = size;
                continue;
            }

            var cosigned = new SignedNote(own.Text, [.. signatures]);
            if (!cosigned.TryOpen([key], out var opened, out string? fault)) throw new FormatException(fault);
            string cosignedSize = head.Size.ToString(CultureInfo.InvariantCulture);
            if (store.ReadText(setting) != cosignedSize) await store.WriteTextAsync(setting, cosignedSize);
            return (
                [.. opened.Select(one => one.Signature)],
                before with { Fault = null, Size = head.Size, SignedAt = opened[0].Time });
        }

        throw new FormatException($"It has cosigned {old} leaves, and this gateway has {head.Size} so far.");
    }

    [LoggerMessage(LogLevel.Warning, "{Cosigner} did not sign the log's head: {Fault}")]
    private partial void LogNotAnswered(string cosigner, string fault);

    [LoggerMessage(LogLevel.Debug, "What {Address} saw of others could not be read")]
    private partial void LogNotHeard(Exception exception, Uri address);

    [LoggerMessage(LogLevel.Debug, "The log's head could not be exchanged")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(
        LogLevel.Error,
        "The log of {Cosigner} is another one at {Size} leaves, first at leaf {Leaf}: neither signs the other's heads")]
    private partial void LogDiffers(string cosigner, long size, long? leaf);
}

/// <summary>How it went with somebody who is asked for signatures.</summary>
/// <param name="Name">The name of its key.</param>
public sealed record CosignerState(string Name)
{
    /// <summary>The size of the head that it signed last.</summary>
    public long? Size { get; init; }

    /// <summary>When it signed that.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>
    /// Why nothing came from it the last time; none if something did. It may name addresses, which are nobody else's.
    /// </summary>
    [JsonIgnore]
    public string? Fault { get; init; }

    /// <summary>A size at which its log says something else; none if it does not.</summary>
    public long? DiffersAt { get; init; }

    /// <summary>
    /// The first leaf that is another one; none if the leaves are the same, and what stands by them is not.
    /// </summary>
    public long? DiffersAtLeaf { get; init; }

    /// <summary>The head that it signed and that differs.</summary>
    public string? Head { get; init; }
}
