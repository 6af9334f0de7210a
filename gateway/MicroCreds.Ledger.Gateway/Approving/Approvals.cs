using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Approving;

/// <summary>
/// Holds back what another person has to approve, or what is for a day to come. All that issues asks here first.
/// Thread-safe.
/// </summary>
public sealed class Approvals(
    IssuingRequests requests, GatewayServiceOptions options, ReleaseBell bell, TimeProvider time)
{
    /// <summary>The longest reason.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>Whether so many credentials are held back.</summary>
    public bool Holds(int size, IssuingTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return terms.Due is not null || options.Approval.Asks(size);
    }

    /// <summary>Finds what the same request led to that is still to be issued.</summary>
    public IssuingRequest? FindHeld(RequestFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var held = fingerprint.Fingerprint is { } known ? requests.FindByFingerprint(known) : null;
        if (held is not null) fingerprint.RequireSame(held.BodyHash);
        return held;
    }

    /// <summary>Keeps what was found to be in order until it may be issued.</summary>
    /// <param name="kind">One of <see cref="IssuanceKind"/>.</param>
    /// <param name="rows">The canonical rows, one a line.</param>
    /// <param name="size">How many.</param>
    /// <param name="fingerprint">How the request is known again.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="terms">What goes with it.</param>
    /// <param name="parts">What an award is made up of. Default is nothing.</param>
    public async Task<IssuingRequest> KeepAsync(
        string kind, ReadOnlyMemory<byte> rows, int size, RequestFingerprint fingerprint, Caller caller,
        IssuingTerms terms, IReadOnlyList<CredentialPart>? parts = null)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(terms);
        string id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var kept = await requests.AddAsync(
            new IssuingRequest
            {
                Id = id,
                Kind = kind,
                State = options.Approval.Asks(size) ? IssuingRequestState.Waiting : IssuingRequestState.Approved,
                Size = size,

                // What nothing else says is one request is still issued once.
                Fingerprint = fingerprint.Fingerprint ?? SHA256.HashData(Encoding.ASCII.GetBytes(id)),
                BodyHash = fingerprint.BodyHash,
                AskedBy = RecordActors.Text(caller),
                AskedAt = time.GetUtcNow(),
                Parts = parts is null ? null : JsonSerializer.Serialize(parts, LedgerJson.Options),
                Corrects = terms.Corrects,
                Source = (terms.Source ?? new IssuanceSource()) with { Request = id, Corrects = null },
                Due = terms.Due?.Text,
                DueAt = terms.Due?.At,
            },
            rows);
        fingerprint.RequireSame(kept.BodyHash);
        return kept;
    }

    /// <summary>Approves a request, which is issued then, or on its day.</summary>
    /// <exception cref="ProblemException">It does not wait for that, or the caller has asked for it.</exception>
    public async Task ApproveAsync(string id, Caller caller)
    {
        RequireAnother(Require(id), caller, "approves");
        if (!await requests.ApproveAsync(id, RecordActors.Text(caller), time.GetUtcNow()))
            throw NotSo(id, "approved");
        bell.Ring();
    }

    /// <summary>Says no to a request; its rows go.</summary>
    /// <exception cref="ProblemException">It does not wait for that, or the caller has asked for it.</exception>
    public async Task TurnDownAsync(string id, Caller caller, string reason)
    {
        RequireAnother(Require(id), caller, "turns it down: withdraw what you have asked for yourself");
        if (!await requests.EndAsync(
                id, IssuingRequestState.TurnedDown, RecordActors.Text(caller), time.GetUtcNow(), Checked(reason)))
            throw NotSo(id, "turned down");
    }

    /// <summary>Takes a request back before it is issued; its rows go.</summary>
    /// <exception cref="ProblemException">It is issued or on its way, or was decided otherwise.</exception>
    public async Task WithdrawAsync(string id, Caller caller, string? reason)
    {
        Require(id);
        string? why = string.IsNullOrWhiteSpace(reason) ? null : Checked(reason);
        if (!await requests.EndAsync(
                id, IssuingRequestState.Withdrawn, RecordActors.Text(caller), time.GetUtcNow(), why))
        {
            throw Require(id).State is IssuingRequestState.Approved or IssuingRequestState.Failed
                ? new ProblemException(
                    ProblemKind.Conflict,
                    "What it asks for is on its way to the ledger: it cannot be withdrawn any more. Wait until it is "
                    + "issued, and revoke it then; have it tried again if it failed. Nothing was changed.")
                : NotSo(id, "withdrawn");
        }
    }

    /// <summary>Finds a request.</summary>
    /// <exception cref="ProblemException">There is none of this id.</exception>
    public IssuingRequest Require(string id) => requests.Find(id)
        ?? throw new ProblemException(ProblemKind.NotFound, "This gateway has no request of this id.");

    /// <summary>Whether two callers are one: a key, and whoever opened a link that its holder made, are.</summary>
    public static bool IsSame(Caller one, Caller other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.Id == other.Id && KindOf(one) == KindOf(other);

        static string KindOf(Caller caller) => caller.Kind switch
        {
            CallerKind.Link => CallerKind.Key,
            CallerKind.Token => CallerKind.Person,
            _ => caller.Kind,
        };
    }

    /// <summary>Who is written down as JSON.</summary>
    public static Caller CallerOf(string json) => JsonSerializer.Deserialize<Caller>(json, LedgerJson.Options)!;

    private static void RequireAnother(IssuingRequest request, Caller caller, string does)
    {
        if (IsSame(CallerOf(request.AskedBy), caller))
        {
            throw new ProblemException(
                ProblemKind.Forbidden, $"Another person than the one who asked {does}. Nothing was changed.");
        }
    }

    private ProblemException NotSo(string id, string wanted) => new(
        ProblemKind.Conflict,
        $"The request is {Require(id).State}: it cannot be {wanted} any more. Nothing was changed.");

    /// <summary>A reason that people are given, without what stands around it.</summary>
    /// <exception cref="ProblemException">It is missing, too long, or holds what is no text.</exception>
    internal static string Checked(string reason)
    {
        // Browsers end lines by two characters.
        string text = reason.ReplaceLineEndings(" ").Trim();
        return text.Length is 0 or > MaxReasonLength
            ? throw ProblemException.Invalid("/reason", $"must have 1 to {MaxReasonLength} characters.")
            : WrittenText.FaultOf(text) is { } fault ? throw ProblemException.Invalid("/reason", fault) : text;
    }
}
