using System.Text.Json;

namespace MicroCreds.Ledger.Credentials;

/// <summary>What a registrar sends to have one credential issued.</summary>
public sealed record CredentialRequest
{
    /// <summary>The achievement: <c>id</c> for its newest version, or <c>id@version</c>.</summary>
    public required string Achievement { get; init; }

    /// <summary>Who earned it.</summary>
    public required Recipient Recipient { get; init; }

    /// <summary>When the credential expires. Default is never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The grade or other result.</summary>
    public CredentialResult? Result { get; init; }

    /// <summary>What shows that it was earned.</summary>
    public IReadOnlyList<CredentialEvidence>? Evidence { get; init; }

    /// <summary>
    /// <see cref="AllowDuplicates"/> issues although the person, or a namesake, has the award already. Default is to
    /// ask first. Stands in no credential.
    /// </summary>
    public string? Duplicates { get; init; }

    /// <summary>The one value of <see cref="Duplicates"/>.</summary>
    public const string AllowDuplicates = "allow";
}

/// <summary>The learner.</summary>
public sealed record Recipient
{
    /// <summary>The name, as it is to stand on the credential.</summary>
    public required string Name { get; init; }

    /// <summary>The mail address; only its salted hash goes into the credential.</summary>
    public string? Email { get; init; }

    /// <summary>
    /// The institution's own number of the learner. It tells namesakes apart when an award is asked for twice, and
    /// stands in no credential.
    /// </summary>
    public string? StudentNumber { get; init; }

    /// <summary>
    /// The language in which the learner is written to, BCP 47, such as <c>de</c>. Stands in no credential. Default is
    /// the institution's.
    /// </summary>
    public string? Language { get; init; }

    /// <summary>An identifier that the learner controls, an absolute URI such as a DID.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// The public JSON Web Key of the learner's wallet: P-256 or Ed25519. The credential is bound to it, so that the
    /// wallet can prove to a verifier whose it is. Default is none.
    /// </summary>
    public JsonElement? Key { get; init; }
}

/// <summary>A result: a grade, a percentage, a status.</summary>
public sealed record CredentialResult
{
    /// <summary>The result as text, such as <c>5</c>, <c>A</c> or <c>87 %</c>.</summary>
    public string? Value { get; init; }

    /// <summary>One of Open Badges' result statuses, such as <c>Completed</c>.</summary>
    public string? Status { get; init; }
}

/// <summary>A piece of evidence.</summary>
public sealed record CredentialEvidence
{
    /// <summary>Where it is, an absolute http(s) address.</summary>
    public string? Url { get; init; }

    /// <summary>What it is called.</summary>
    public string? Name { get; init; }

    /// <summary>What it shows.</summary>
    public string? Description { get; init; }
}

/// <summary>Something wrong in a request.</summary>
/// <param name="Path">Where: a JSON pointer into the request.</param>
/// <param name="Message">What is wrong and how to mend it; never repeats the value, which may be personal.</param>
public sealed record CredentialRequestFault(string Path, string Message);
