using System.Collections.Concurrent;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Gives stored credentials in the form that was asked for. Only the form with a Data Integrity proof is stored; tokens
/// are signed when they are asked for, since most never are and each would cost as much again. The key of the issuance
/// signs them while it is in force; a withdrawn key signs nothing any more, and the one that is in force now takes its
/// place: verifiers judge the key that anchored the leaf, and the leaf commits to all that a token says. Thread-safe.
/// </summary>
public sealed class FormSigner(
    IssuerKeys keys, LedgerProjection projection, LedgerIdentity identity, GatewayServiceOptions options)
{
    // A writer holds two headers; an institution has at most as many as it ever had keys.
    private readonly ConcurrentDictionary<(string Did, string KeyId), CredentialFormWriter> _writers = [];

    /// <summary>Gives a credential in a form.</summary>
    /// <param name="document">The document with its Data Integrity proof.</param>
    /// <param name="form">The form.</param>
    /// <exception cref="ProblemException">No key is in force that could sign it.</exception>
    public byte[] Give(byte[] document, CredentialForm form) => form switch
    {
        CredentialForm.VcJwt => WriterFor(document).WriteVcJwt(document),
        CredentialForm.SdJwtVc => WriterFor(document).WriteSdJwt(document),
        _ => document,
    };

    private CredentialFormWriter WriterFor(byte[] document)
    {
        identity.RequireConfirmed();
        var institution = projection.Institutions.GetValueOrDefault(options.MspId);
        var (key, registered) = keys.FindInForce(institution, KeyIdOf(document)) ?? keys.FindActive(institution)
            ?? throw new ProblemException(
                ProblemKind.NotReady,
                "No key of this gateway is in force on the ledger, so no token can be signed: ask for application/vc, "
                + "or register a key by POST /v1/institution/keys.");
        return _writers.GetOrAdd(
            (institution!.Did, registered.Id),
            static (name, key) => new CredentialFormWriter(key.Private, name.Did, name.KeyId), key);
    }

    private static string KeyIdOf(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.GetProperty(CredentialVocabulary.AnchorMember)
            .GetProperty("keyId").GetString()!;
    }
}
