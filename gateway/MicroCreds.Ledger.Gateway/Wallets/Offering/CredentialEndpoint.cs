using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Wallets.Presenting;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// Gives wallets credentials, at once or later (OpenID4VCI 1.0, 8 and 9), and hears what became of them (11).
/// Thread-safe.
/// </summary>
internal sealed class CredentialEndpoint(
    BoundTokens bound, KeyProofs proofs, FetchedCredentials fetched, WalletGrants grants, FormSigner signer,
    EncryptedAnswers encrypted, VerifierIdentity identity, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>How long a wallet should wait before it asks again, in seconds.</summary>
    private const int AgainSeconds = 60;

    private static readonly string[] Events =
        ["credential_accepted", "credential_failure", "credential_deleted"];

    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        var grant = await bound.RequireGrantAsync(context);
        var (request, wanted) = await encrypted.ReadAsync(context.Request);
        var (configuration, named) = ConfigurationOf(request, grant);
        var keys = configuration.IsBound ? await proofs.RequireAsync(request, grant) : [];
        if (await fetched.FindAsync(grant, named) is { } document)
        {
            var copies = await SignAsync(configuration, document, keys, context.RequestAborted);
            return await GiveAsync(grant, configuration, document, copies, hasNotice: true, wanted);
        }

        string transaction = LearnerSecret.Draw();
        bool isKept = await grants.DeferAsync(
            new WalletDeferral(
                grant.Id, configuration.Id, [.. keys.Select(key => key.PublicKeyMultibase)], time.GetUtcNow(), named),
            transaction);
        return isKept
            ? Later(transaction, wanted)
            : throw new ProtocolFault(
                ProtocolFault.RequestDenied,
                $"{WalletGrants.MaxDeferrals} answers wait for this token, which is as many as may: ask for one by its "
                + "transaction_id at the deferred credential endpoint.");
    }

    public async Task<IResult> AnswerDeferredAsync(HttpContext context)
    {
        var grant = await bound.RequireGrantAsync(context);
        var (request, wanted) = await encrypted.ReadAsync(context.Request);
        string transaction =
            ProtocolForms.TextOf(request, "transaction_id", ProtocolFault.InvalidTransaction)
            ?? throw new ProtocolFault(ProtocolFault.InvalidTransaction, "transaction_id is missing.");
        if (grants.FindDeferral(grant.Id, transaction) is not { } deferral)
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidTransaction,
                "The transaction_id is not one that this token was given, or the credential was fetched by it.");
        }

        var configuration = CredentialConfiguration.Find(deferral.Form, options.Wallets)
            ?? throw new ProtocolFault(
                ProtocolFault.RequestDenied, "The institution does not give credentials in this form any more.");
        if (await fetched.FindAsync(grant, deferral.Credential) is not { } document) return Later(transaction, wanted);

        // What cannot be signed now is not lost: the wallet asks again by the same transaction.
        var copies = await SignAsync(
            configuration, document, [.. deferral.Keys.Select(Multikey.Parse)], context.RequestAborted);
        if (!await grants.EndDeferralAsync(transaction, time.GetUtcNow()))
            throw new ProtocolFault(ProtocolFault.InvalidTransaction, "The credential was fetched by it before.");
        return await GiveAsync(grant, configuration, document, copies, hasNotice: false, wanted);
    }

    public async Task<IResult> HearAsync(HttpContext context)
    {
        const string Code = ProtocolFault.InvalidNotification;
        var grant = await bound.RequireGrantAsync(context);
        var request = await ProtocolForms.ReadJsonAsync(context.Request, Code);
        string id = ProtocolForms.TextOf(request, "notification_id", Code)
            ?? throw new ProtocolFault(Code, "notification_id is missing.");
        string? happened = ProtocolForms.TextOf(request, "event", Code);
        if (!Events.Contains(happened))
            throw new ProtocolFault(Code, $"event must be one of {string.Join(", ", Events)}.");
        return await grants.TellAsync(grant.Id, id, happened!, time.GetUtcNow())
            ? TypedResults.NoContent()
            : throw new ProtocolFault(
                ProtocolFault.InvalidNotificationId,
                "No credential was given to this token with that notification_id.");
    }

    private async Task<JsonArray> SignAsync(
        CredentialConfiguration configuration, IssuedDocument document, IReadOnlyList<PublicKey> keys,
        CancellationToken cancellationToken)
    {
        // A token without its certificates would be none by that profile.
        if (options.Wallets.HighAssurance) identity.Current();
        var owner = configuration.IsBound ? signer.HolderKeyOf(document.Document) : null;
        if (owner is not null && keys.Any(key => key.PublicKeyMultibase != owner.PublicKeyMultibase))
        {
            throw new ProtocolFault(
                ProtocolFault.InvalidProof,
                "This credential was issued to a key of its learner's: prove that one, and no other.");
        }

        var copies = new JsonArray();
        PublicKey?[] holders = configuration.IsBound ? [.. keys] : [null];
        foreach (var holder in holders)
        {
            byte[] copy = await signer.GiveBoundAsync(
                document.Document, configuration.Form, owner is null ? holder : null, cancellationToken);
            copies.Add(new JsonObject
            {
                ["credential"] = configuration.Form == CredentialForm.DataIntegrity
                    ? JsonNode.Parse(copy) : Encoding.ASCII.GetString(copy),
            });
        }

        return copies;
    }

    private async Task<IResult> GiveAsync(
        WalletGrant grant, CredentialConfiguration configuration, IssuedDocument document, JsonArray copies,
        bool hasNotice, WantedEncryption? wanted)
    {
        string notice = LearnerSecret.Draw();
        await grants.NoteCopyAsync(
            new WalletCopy(
                grant.Id, document.Document.Id, configuration.Id, copies.Count, time.GetUtcNow(), Event: null),
            notice);
        var answer = new JsonObject { ["credentials"] = copies };

        // It may be left out, and the library that most wallets read a deferred answer with refuses it there.
        if (hasNotice) answer["notification_id"] = notice;
        return EncryptedAnswers.Give(answer, StatusCodes.Status200OK, wanted);
    }

    private static IResult Later(string transaction, WantedEncryption? wanted) => EncryptedAnswers.Give(
        new JsonObject { ["transaction_id"] = transaction, ["interval"] = AgainSeconds },
        StatusCodes.Status202Accepted, wanted);

    private (CredentialConfiguration Configuration, Guid? Named) ConfigurationOf(
        JsonElement request, WalletGrant grant)
    {
        const string Code = ProtocolFault.InvalidCredentialRequest;
        string? identifier = ProtocolForms.TextOf(request, "credential_identifier", Code);
        string? id = ProtocolForms.TextOf(request, "credential_configuration_id", Code);
        if (identifier is null == id is null)
            throw new ProtocolFault(Code, "Name credential_configuration_id or credential_identifier, and not both.");
        if (identifier is not null)
        {
            foreach (var known in CredentialConfiguration.In(options.Wallets).Where(
                one => grant.Forms.Contains(one.Id)))
            {
                foreach (var credential in grant.Credentials)
                {
                    if (known.IdentifierOf(credential) == identifier) return (known, credential);
                }

                if (grant.Request is { } asked && known.IdentifierOf(asked) == identifier) return (known, null);
            }

            throw new ProtocolFault(
                ProtocolFault.UnknownIdentifier, "The credential_identifier is none that this token was given for.");
        }

        if (CredentialConfiguration.Find(id, options.Wallets) is not { } configuration)
        {
            throw new ProtocolFault(
                ProtocolFault.UnknownConfiguration, "There is no such credential_configuration_id.");
        }

        return grant.Forms.Contains(configuration.Id)
            ? (configuration, null)
            : throw new ProtocolFault(
                Code, $"The token was given for {string.Join(", ", grant.Forms)}, and not for {configuration.Id}.");
    }
}
