using System.Reflection;

namespace MicroCreds.Ledger.Gateway.Problems;

/// <summary>A kind of problem: its stable name, its HTTP status and its title (RFC 9457).</summary>
/// <param name="Name">The last part of the problem's <c>type</c>; never changes.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What all problems of this kind have in common.</param>
public sealed record ProblemKind(string Name, int Status, string Title)
{
    public static readonly ProblemKind InvalidRequest = new("invalid-request", 400, "The request is not valid");
    public static readonly ProblemKind InvalidJson =
        new("invalid-json", 400, "The body is not the JSON that belongs here");
    public static readonly ProblemKind Unauthenticated = new("unauthenticated", 401, "A login is needed");
    public static readonly ProblemKind Forbidden = new("forbidden", 403, "The caller's role does not allow this");
    public static readonly ProblemKind ForeignSite =
        new("foreign-site", 403, "The request comes from another site's page");
    public static readonly ProblemKind OtherInstitution =
        new("other-institution", 403, "The record belongs to another institution");
    public static readonly ProblemKind StatementRefused =
        new("statement-refused", 403, "The statement is not the sender's to make");
    public static readonly ProblemKind NotFound = new("not-found", 404, "There is no such record");
    public static readonly ProblemKind UnknownAddress = new("unknown-address", 404, "There is nothing at this address");
    public static readonly ProblemKind MethodNotAllowed =
        new("method-not-allowed", 405, "The address does not take this method");
    public static readonly ProblemKind NotAcceptable =
        new("not-acceptable", 406, "The answer cannot be had in a form that the client takes");
    public static readonly ProblemKind NoCompactForm =
        new("no-compact-form", 406, "The credential has no compact form");
    public static readonly ProblemKind TooSlow = new("too-slow", 408, "The body came too slowly");
    public static readonly ProblemKind Conflict = new("conflict", 409, "The record's state does not allow this");
    public static readonly ProblemKind NotReady = new("not-ready", 409, "The gateway cannot do this yet");
    public static readonly ProblemKind TooLarge = new("too-large", 413, "The body is too large");
    public static readonly ProblemKind UnsupportedMediaType =
        new("unsupported-media-type", 415, "The body's media type is not taken here");
    public static readonly ProblemKind KeyReused =
        new("idempotency-key-reused", 422, "The idempotency key stands for another request");
    public static readonly ProblemKind TooTangled =
        new("pathway-too-tangled", 422, "The pathway cannot be evaluated within bounds");
    public static readonly ProblemKind TooManyRequests =
        new("too-many-requests", 429, "More requests than are taken at a time");
    public static readonly ProblemKind LedgerRefused = new("ledger-refused", 422, "The ledger refused the transaction");
    public static readonly ProblemKind Internal = new("internal-error", 500, "The gateway failed");
    public static readonly ProblemKind LedgerUnavailable =
        new("ledger-unavailable", 503, "The ledger is out of reach; nothing was changed");
    public static readonly ProblemKind KeyUnavailable =
        new("key-unavailable", 503, "A key that the gateway signs with cannot be used now");
    public static readonly ProblemKind SignOnUnavailable =
        new("sign-on-unavailable", 503, "The institution's sign-on server is out of reach");
    public static readonly ProblemKind NotAudited =
        new("not-audited", 503, "The audit log cannot be written; nothing was changed");
    public static readonly ProblemKind RecordUnreadable =
        new("record-unreadable", 503, "A record on the ledger cannot be read here");
    public static readonly ProblemKind LogContradicts =
        new("log-contradicts", 503, "The log differs from what was signed of it before");
    public static readonly ProblemKind IssuanceWaits =
        new("issuance-waits", 503, "The issuance is kept, and waits for the ledger");
    public static readonly ProblemKind PossibleDuplicate =
        new("possible-duplicate", 409, "Somebody of this name has the award already");
    public static readonly ProblemKind OutcomeUnknown =
        new("outcome-unknown", 503, "The ledger's answer did not arrive; the gateway is finding out");

    public static readonly ProblemKind StoreUnavailable =
        new("store-unavailable", 503, "The gateway's database is out of reach");
    public static readonly ProblemKind StoreOutcomeUnknown =
        new("store-outcome-unknown", 503, "The database's answer did not arrive: it may have been written or not");

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        .. typeof(ProblemKind).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetValue(null)).OfType<ProblemKind>(),
    ];

    /// <summary>The problem's <c>type</c>.</summary>
    public string Type => "urn:microcreds:problem:" + Name;
}
