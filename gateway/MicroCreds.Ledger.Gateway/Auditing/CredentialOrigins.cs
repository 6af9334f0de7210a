using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>Tells how a credential came about: who asked, who approved, when, and from where. Thread-safe.</summary>
public sealed class CredentialOrigins(IssuanceStore issuances, IssuingRequests requests, RecordActors actors)
{
    /// <summary>Finds it; nothing is said of a credential that this gateway has no issuance of.</summary>
    public CredentialOrigin? Find(CredentialAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (issuances.FindByPlace(address.Root, address.Index) is not { } issuance) return null;

        var source = issuances.FindSource(issuance.Id);
        var request = source?.Request is { } id ? requests.Find(id) : null;
        return new CredentialOrigin
        {
            AskedBy = request is null ? actors.OfIssuance(issuance.Id) : Approvals.CallerOf(request.AskedBy),
            AskedAt = request?.AskedAt ?? issuance.CreatedAt,
            ApprovedBy = request?.DecidedBy is { } by ? Approvals.CallerOf(by) : null,
            ApprovedAt = request?.DecidedAt,
            IssueAt = request?.Due,
            IssuedAt = issuance.IssuedAt,
            File = source?.File,
            FileHash = source?.FileHash is { } hash ? Convert.ToHexStringLower(hash) : null,
            Line = address.Document is not { } document ? null
                : source is { File: not null } or { Request: not null } ? source.LineOf(document.Row)
                : issuance.Kind == IssuanceKind.Batch ? document.Row : null,
            Batch = issuance.Kind == IssuanceKind.Batch ? issuance.Id : null,
            Request = request?.Id,
        };
    }
}

/// <summary>How a credential came about.</summary>
public sealed record CredentialOrigin
{
    /// <summary>Who asked for it; absent of what was issued before that was written down.</summary>
    public Caller? AskedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Who approved it; absent where nobody had to.</summary>
    public Caller? ApprovedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>When it was to be issued, if that was planned.</summary>
    public string? IssueAt { get; init; }

    /// <summary>When it was anchored.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>The file that it stood in; absent if it came by a form or by the API.</summary>
    public string? File { get; init; }

    /// <summary>The SHA-256 of that file, in hexadecimal digits.</summary>
    public string? FileHash { get; init; }

    /// <summary>
    /// The line of the file, or the row of the request where there is no file; absent of a lone credential, and once
    /// the document was erased.
    /// </summary>
    public int? Line { get; init; }

    /// <summary>The batch's id.</summary>
    public string? Batch { get; init; }

    /// <summary>The id of the request that was approved or planned.</summary>
    public string? Request { get; init; }
}
