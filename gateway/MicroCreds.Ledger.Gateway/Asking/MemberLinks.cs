using System.Net;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Asking;

/// <summary>
/// Follows a link of another member's gateway, and of nobody else's: asks there for what the link shows, within a time
/// and a size, and follows no further. What comes is no more than a file, to be verified as any. Thread-safe.
/// </summary>
/// <param name="fetcher">What asks.</param>
public sealed class MemberLinks(MemberFetcher fetcher)
{
    private static readonly string[] MediaTypes = [CredentialNegotiation.SdJwtVc];

    /// <summary>Asks for what a link shows.</summary>
    /// <param name="gateway">Whose it is.</param>
    /// <param name="link">What it leads to: a share, or a credential by its identifier.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<MemberAnswer> AskAsync(
        FoundGateway gateway, CredentialLink link, CancellationToken cancellationToken)
    {
        if (KeyOf(link) is not { } key) return new MemberAnswer(null, "memberUnknown");
        try
        {
            var address = new Uri(
                $"{gateway.Address.AbsoluteUri.TrimEnd('/')}{LearnerPages.SharedAddress}/{key}/credential");
            byte[]? answer = await fetcher.FetchAsync(address, gateway.IsNamed, MediaTypes, cancellationToken);
            if (answer is null) return new MemberAnswer(null, "memberBusy");
            return OwnMark.IsIn(answer) ? new MemberAnswer(answer, null) : new MemberAnswer(null, "memberWrong");
        }
        catch (FetchException fault)
        {
            return new MemberAnswer(
                null, fault.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone ? "memberUnknown" : "memberAway");
        }
    }

    /// <summary>What stands in the address: a secret, or the UUID of an identifier; nothing of a place.</summary>
    private static string? KeyOf(CredentialLink link)
    {
        const string Urn = "urn:uuid:";
        if (link.Target == LinkTarget.Share) return LearnerSecret.IsOne(link.Value) ? link.Value : null;
        string id = link.Value.StartsWith(Urn, StringComparison.Ordinal) ? link.Value[Urn.Length..] : link.Value;
        return Guid.TryParseExact(id, "D", out var uuid) ? uuid.ToString() : null;
    }
}

/// <summary>What a member's gateway gave.</summary>
/// <param name="Document">The credential as far as the link shows it; absent if there is none.</param>
/// <param name="Refusal">Why there is none, as a key of the texts under <c>refusal</c>.</param>
internal sealed record MemberAnswer(byte[]? Document, string? Refusal);
