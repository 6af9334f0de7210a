using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Builds credentials from what a registrar asked for.</summary>
public static class CredentialBuilder
{
    /// <summary>Names everything wrong in a request, with JSON pointers; nothing if it can be issued.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="now">The time that expiry is judged by.</param>
    public static IReadOnlyList<CredentialRequestFault> Validate(CredentialRequest request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        return CredentialRequestRules.Check(request, now);
    }

    /// <summary>Names everything wrong in what is said of a learner, as <see cref="Validate"/> does.</summary>
    public static IReadOnlyList<CredentialRequestFault> ValidateRecipient(Recipient recipient) =>
        CredentialRequestRules.Check(recipient);

    /// <summary>
    /// Builds a lone credential; equivalent to
    /// <c>new CredentialTemplate(achievement, issuer, context).Fill(request, leaf: 0)</c>, read as a
    /// <see cref="JsonObject"/>.
    /// </summary>
    public static JsonObject Build(
        CredentialRequest request, Achievement achievement, Institution issuer, CredentialContext context) =>
        JsonNode.Parse(new CredentialTemplate(achievement, issuer, context).Fill(request, leaf: 0).Canonical.Span)!
            .AsObject();
}
