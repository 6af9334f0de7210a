using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// What a wallet gets for a grant: the credential itself, or what took its place since, or what a request became.
/// Thread-safe.
/// </summary>
public sealed class FetchedCredentials(
    WalletGrants grants, DocumentStore documents, IssuingRequests requests, IssuanceStore issuances,
    ProjectedRecords records, GatewayServiceOptions options)
{
    /// <summary>How many times a credential may have been replaced.</summary>
    private const int MaxReplaced = 20;

    /// <summary>Finds what a wallet gets.</summary>
    /// <param name="grant">What it may fetch.</param>
    /// <param name="named">The credential that it names. Default is the only one of the grant.</param>
    /// <returns>Null if it is not there yet.</returns>
    /// <exception cref="ProtocolFault">There is none, and will be none.</exception>
    internal async Task<IssuedDocument?> FindAsync(WalletGrant grant, Guid? named)
    {
        if (named is null && grant.Credentials.Count == 0)
        {
            if (grant.Request is null) throw Gone();
            if (OfRequest(grant.Request) is not { } issued) return null;
            await grants.AddAsync(grant.Id, issued);
            return NewestOf(issued);
        }

        if (named is null && grant.Credentials.Count > 1)
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidCredentialRequest,
                "The token is good for several credentials: name one by its credential_identifier.");
        }

        return NewestOf(named ?? grant.Credentials[0]);
    }

    /// <summary>Says why no wallet will ever get a credential; null if one would.</summary>
    /// <param name="credential">The UUID of the credential's identifier.</param>
    public string? ObstacleOf(Guid credential)
    {
        try
        {
            NewestOf(credential);
            return null;
        }
        catch (ProtocolFault fault)
        {
            return fault.Message;
        }
    }

    private IssuedDocument? NewestOf(Guid credential)
    {
        for (int i = 0; i <= MaxReplaced; i++)
        {
            var found = documents.Find(credential) ?? throw Gone();
            if (found.State == IssuanceState.Refused) throw NotIssued();
            if (found.State != IssuanceState.Issued) return null;
            var status = records.FindStatus(options.MspId, found.Root!, found.Document.Leaf)?.Statement;
            if (status?.State != CredentialState.Revoked) return found;
            if (status.ReplacedBy?.Id is not { } next || !TryReadId(next, out credential))
            {
                throw new ProtocolFault(
                    ProtocolFault.RequestDenied, "The credential was revoked, and no other takes its place.");
            }
        }

        throw Gone();
    }

    private Guid? OfRequest(string id)
    {
        var request = requests.Find(id) ?? throw Gone();
        if (request.State is IssuingRequestState.TurnedDown or IssuingRequestState.Withdrawn)
            throw NotIssued();
        if (request.State != IssuingRequestState.Issued || request.Issuance is not { } number) return null;
        var issuance = issuances.Find(number) ?? throw Gone();
        if (issuance.State == IssuanceState.Refused) throw NotIssued();
        if (issuance.State != IssuanceState.Issued) return null;

        // Erased since: nobody gets it any more.
        return documents.List(issuance.Number, -1, 1) is [var only] ? only.Id : throw Gone();
    }

    private static ProtocolFault NotIssued() =>
        new(ProtocolFault.RequestDenied, "The institution does not issue this credential.");

    private static bool TryReadId(string id, out Guid credential) => Guid.TryParseExact(
        id.StartsWith(CredentialVocabulary.IdPrefix, StringComparison.Ordinal)
            ? id[CredentialVocabulary.IdPrefix.Length..] : id,
        "D", out credential);

    private static ProtocolFault Gone() => new(
        ProtocolFault.RequestDenied, "The credential is not kept here any more: ask the institution.");
}
