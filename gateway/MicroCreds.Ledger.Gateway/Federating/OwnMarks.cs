using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Federating;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Gateway.Asking;

namespace MicroCreds.Ledger.Gateway.Federating;

/// <summary>
/// The marks that other members give this gateway's institution, for its own configuration. They are asked for in the
/// background when somebody reads that, and none is waited for: who cannot wait asks an anchor itself. Only what a key
/// of the ledger has signed is passed on. Thread-safe.
/// </summary>
internal sealed partial class OwnMarks(
    FederationMembers members, MemberGateways gateways, MemberFetcher fetcher, TimeProvider time,
    ILogger<OwnMarks> logger)
{
    /// <summary>The longest mark that is kept, in bytes.</summary>
    private const int MaxBytes = 16 * 1024;

    /// <summary>After how long a member is asked again.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromHours(1);

    /// <summary>Likewise one that did not answer.</summary>
    private static readonly TimeSpan FailedPace = TimeSpan.FromMinutes(1);

    private static readonly string[] MediaTypes = [FederationToken.MediaTypeOf(FederationToken.TrustMark)];

    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);
    private int _isAsking;

    /// <summary>Gives those that stand now, and has those asked for that are due.</summary>
    /// <param name="entity">This institution's entity identifier.</param>
    public JsonArray Of(string entity)
    {
        var others = members.MayVouch ? members.Others : [];
        var now = time.GetUtcNow();
        if (others.Any(one => IsDue(one, now)) && Interlocked.Exchange(ref _isAsking, 1) == 0)
            _ = Task.Run(() => AskAsync(entity, [.. others.Where(one => IsDue(one, now))]));
        return
        [
            .. others.SelectMany(one => _answers.GetValueOrDefault(one.Entity)?.Marks ?? [])
                .Where(mark => mark.End > now).Select(mark => new JsonObject
                {
                    ["trust_mark_type"] = mark.Type,
                    ["id"] = mark.Type,
                    ["trust_mark"] = mark.Token,
                }),
        ];
    }

    private bool IsDue(FederationMember member, DateTimeOffset now) =>
        !_answers.TryGetValue(member.Entity, out var known) || known.AskAgainAt <= now;

    private async Task AskAsync(string entity, IReadOnlyList<FederationMember> due)
    {
        try
        {
            foreach (var member in due) _answers[member.Entity] = await AskAsync(entity, member);
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
        }
    }

    private async Task<Answer> AskAsync(string entity, FederationMember member)
    {
        var known = _answers.GetValueOrDefault(member.Entity)?.Marks ?? [];
        var marks = new List<Mark>();
        var pace = Pace;
        foreach (string type in FederationAddresses.Marks)
        {
            try
            {
                marks.Add(await FetchAsync(entity, member, type));
            }
            catch (Exception fault) when (fault is FetchException or FormatException)
            {
                // Who has given none says so by "not found". Whoever only does not answer now takes nothing back.
                LogNoMark(logger, member.Entity, type, fault.Message);
                if (fault is FetchException { Status: HttpStatusCode.NotFound }) continue;
                pace = FailedPace;
                marks.AddRange(known.Where(mark => mark.Type == type));
            }
        }

        return new Answer(marks, time.GetUtcNow() + pace);
    }

    private async Task<Mark> FetchAsync(string entity, FederationMember member, string type)
    {
        var (place, isNamed) = member.AddressOf(
            gateways,
            $"{FederationAddresses.TrustMark}?sub={Uri.EscapeDataString(entity)}"
            + $"&trust_mark_type={Uri.EscapeDataString(type)}");
        byte[] token = await fetcher.FetchAsync(place, isNamed, MediaTypes, CancellationToken.None)
            ?? throw new FetchException("Too many are asked now.");
        if (token.Length > MaxBytes) throw new FormatException($"It is longer than {MaxBytes} bytes.");
        var claims = FederationToken.Read(
            token, FederationToken.TrustMark, member.Institution, member.Entity, entity, time.GetUtcNow());
        return claims["trust_mark_type"] is JsonValue said && said.TryGetValue(out string? had) && had == type
            ? new Mark(type, Encoding.ASCII.GetString(token), DateTimeOffset.FromUnixTimeSeconds((long)claims["exp"]!))
            : throw new FormatException("It is a mark of another type.");
    }

    [LoggerMessage(LogLevel.Debug, "No mark of {Member} of the type {Type} was had: {Why}")]
    private static partial void LogNoMark(ILogger logger, string member, string type, string why);

    private sealed record Mark(string Type, string Token, DateTimeOffset End);

    private sealed record Answer(IReadOnlyList<Mark> Marks, DateTimeOffset AskAgainAt);
}
