using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary><c>?dryRun=true</c>: what a request would lead to, and nothing is done.</summary>
public static class DryRun
{
    /// <summary>The parameter's name.</summary>
    public const string Parameter = "dryRun";

    /// <summary>Whether a request asks for it.</summary>
    /// <exception cref="ProblemException">It says neither true nor false: nobody may guess which was meant.</exception>
    public static bool IsAskedFor(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Query[Parameter].LastOrDefault() switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw ProblemException.Invalid(Parameter, "must be true or false."),
        };
    }

    /// <summary>What one credential request would lead to.</summary>
    public sealed record CredentialAnswer
    {
        /// <summary><c>ready</c>, <c>faulty</c>, <c>alreadyIssued</c> or <c>possibleDuplicate</c>.</summary>
        public required string Outcome { get; init; }

        /// <summary>What is wrong with it.</summary>
        public IReadOnlyList<BatchPreview.Fault>? Errors { get; init; }

        /// <summary>The credential that the person, or a namesake, has.</summary>
        public string? Credential { get; init; }

        internal static CredentialAnswer Of(PreviewedCredential previewed) => new()
        {
            Outcome = previewed.Faults.Count > 0 ? "faulty"
                : previewed.Found is null ? "ready"
                : previewed.Found.IsSamePerson ? "alreadyIssued" : "possibleDuplicate",
            Errors = previewed.Faults.Count == 0
                ? null : [.. previewed.Faults.Select(fault => new BatchPreview.Fault(fault.Place, fault.Reason))],
            Credential = previewed.Found?.Id is { } id ? $"urn:uuid:{id}" : null,
        };
    }
}
