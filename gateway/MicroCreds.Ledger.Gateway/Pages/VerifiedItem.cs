using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What became of one thing that a visitor gave: a verdict, or why it was not opened.</summary>
public sealed record VerifiedItem
{
    /// <summary>What its file is called; absent of what was pasted or scanned.</summary>
    public string? Name { get; init; }

    /// <summary>Why it was not opened, as a key of the texts under <c>refusal</c>; absent if it was.</summary>
    public string? Refusal { get; init; }

    /// <summary>What the refusal is about: a host or a scheme.</summary>
    public string About { get; init; } = "";

    /// <summary>The member at whose gateway it was asked for; absent if at none.</summary>
    public string? Member { get; init; }

    /// <summary>The verdict; absent if it was not opened.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The institution that the credential names, as the ledger knows it. Absent if it names none.</summary>
    public Institution? Issuer { get; init; }

    /// <summary>Whether a link led to the credential that names nobody, so that nothing personal is shown.</summary>
    public bool IsByLink { get; init; }

    /// <summary>The achievement's picture; absent if it has none.</summary>
    public ShownBadge? Badge { get; init; }

    /// <summary>What the members recognize of it; absent of what is not valid.</summary>
    public RecognitionReport? Recognized { get; init; }
}
