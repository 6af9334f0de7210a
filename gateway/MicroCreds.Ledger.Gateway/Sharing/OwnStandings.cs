using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// How credentials of this gateway stand, by what a verifier goes by: what the ledger says of their place, and whether
/// the key was in force that signed it. Thread-safe.
/// </summary>
public sealed class OwnStandings(
    ProjectedRecords records, LedgerView ledger, LedgerIdentity identity, GatewayServiceOptions options,
    TimeProvider time)
{
    /// <summary>Past its end.</summary>
    public const string Expired = "expired";

    /// <summary>Never its issuer's word: a thief signed it, or somebody wrote in its place.</summary>
    public const string NotValid = "notValid";

    /// <summary>Nothing is known against it, and not enough for it.</summary>
    public const string NotVerified = "notVerified";

    /// <summary>Tells how one stands: one of <see cref="CredentialState"/>, or of these.</summary>
    public string Of(IssuedDocument found, CredentialContent content)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(content);
        int index = found.Document.Leaf;
        try
        {
            return Of(found, content, index);
        }
        catch (RecordUnreadableException)
        {
            // The contract may be newer than this gateway: the page stands all the same.
            return NotVerified;
        }
    }

    private string Of(IssuedDocument found, CredentialContent content, int index)
    {
        var view = ledger.FindProjected(options.MspId, found.Root!, index);
        var status = view is null ? records.FindStatus(options.MspId, found.Root!, index) : view.Anchor?.Status;
        string state = status?.Statement.State ?? CredentialState.InForce;
        if (state != CredentialState.InForce) return state;
        if (view is not null
            && PlaceCheck.FaultOf(view, identity.Verification, options.MspId, found.Root!, index) is { } fault)
            return fault.Outcome == CheckOutcome.Fail ? NotValid : NotVerified;
        return content.ValidUntil < time.GetUtcNow() ? Expired : state;
    }

    /// <summary>A standing in words.</summary>
    internal static string WordOf(PageText text, string state) => text[state switch
    {
        NotValid => "verdict.invalid",
        NotVerified => "verdict.indeterminate",
        _ => $"desk.state.{state}",
    }];

    /// <summary>How a standing is coloured.</summary>
    internal static string ToneOf(string state) => state switch
    {
        CredentialState.InForce => "good",
        CredentialState.Revoked or NotValid => "bad",
        _ => "warn",
    };
}
