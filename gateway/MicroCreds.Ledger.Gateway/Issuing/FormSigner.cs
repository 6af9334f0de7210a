using System.Collections.Concurrent;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Gives stored credentials in the form that was asked for. Proofs and tokens are signed when they are asked for, since
/// most never are and each would cost as much again; only a credential that was handed out when it was issued keeps its
/// first proof, while its key is in force. The key of the issuance signs while it is in force; a withdrawn key signs
/// nothing any more, and the one that is in force now takes its place: verifiers judge the key that anchored the leaf,
/// and the leaf commits to all that is said. Thread-safe.
/// </summary>
public sealed class FormSigner(
    DocumentMaker maker, IssuerKeys keys, IssuerCertificates certificates, LedgerProjection projection,
    LedgerIdentity identity, GatewayServiceOptions options)
{
    /// <summary>The most signers that are kept in memory; beyond it the cache starts anew.</summary>
    private const int MaxSigners = 256;

    // A writer holds two headers; there are at most as many as there ever were keys, DIDs and certificates.
    private readonly ConcurrentDictionary<TokenKey, CredentialFormWriter> _writers = [];
    private readonly ConcurrentDictionary<(string Did, string KeyId, DateTimeOffset ValidFrom), CredentialSigner>
        _signers = [];

    /// <summary>Gives the document with its Data Integrity proof.</summary>
    /// <exception cref="ProblemException">No key is in force that could sign it.</exception>
    public ValueTask<byte[]> GiveAsync(StoredDocument document, CancellationToken cancellationToken) =>
        GiveAsync(document, CredentialForm.DataIntegrity, cancellationToken);

    /// <summary>Gives a credential in a form.</summary>
    /// <param name="document">What is kept of it.</param>
    /// <param name="form">The form.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="ProblemException">No key is in force that could sign it.</exception>
    public ValueTask<byte[]> GiveAsync(
        StoredDocument document, CredentialForm form, CancellationToken cancellationToken) =>
        GiveAsync(maker.Make(document), form, cancellationToken);

    /// <summary>Gives a credential in a form.</summary>
    /// <param name="document">The document.</param>
    /// <param name="form">The form.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="ProblemException">No key is in force that could sign it.</exception>
    public ValueTask<byte[]> GiveAsync(
        MadeDocument document, CredentialForm form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        return form switch
        {
            CredentialForm.VcJwt => WriterFor(document).WriteVcJwtAsync(document.WithAnchor(), cancellationToken),
            CredentialForm.SdJwtVc => WriterFor(document).WriteSdJwtAsync(document.WithAnchor(), cancellationToken),
            _ => FirstOf(document) is { } first
                ? new(first)
                : document.CompleteAsync(SignerFor(document), cancellationToken),
        };
    }

    /// <summary>The key that a credential is bound to in its leaf; null if it is bound to none.</summary>
    public PublicKey? HolderKeyOf(StoredDocument document) =>
        CredentialFormWriter.HolderKeyOf(maker.Make(document).WithAnchor());

    /// <summary>
    /// Gives a credential in a form, bound to a wallet's key by the token, where its leaf binds it to none. A Data
    /// Integrity proof binds nothing besides.
    /// </summary>
    /// <param name="document">What is kept of it.</param>
    /// <param name="form">The form.</param>
    /// <param name="holder">The key; null binds it to none.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="ProblemException">No key is in force that could sign it.</exception>
    public ValueTask<byte[]> GiveBoundAsync(
        StoredDocument document, CredentialForm form, PublicKey? holder, CancellationToken cancellationToken)
    {
        var made = maker.Make(document);
        return form switch
        {
            CredentialForm.VcJwt =>
                WriterFor(made).WriteBoundVcJwtAsync(made.WithAnchor(), holder, cancellationToken),
            CredentialForm.SdJwtVc =>
                WriterFor(made).WriteBoundSdJwtAsync(made.WithAnchor(), holder, cancellationToken),
            _ => GiveAsync(made, form, cancellationToken),
        };
    }

    // Readers that follow the DID trust no key that was withdrawn, whenever it signed. Where none is in force that
    // could take its place, the first proof is better than none: the ledger tells that it was made in time.
    private byte[]? FirstOf(MadeDocument document)
    {
        var institution = projection.Institutions.GetValueOrDefault(options.MspId);
        bool isWithdrawn = institution?.Keys.FirstOrDefault(key => key.Id == document.KeyId) is { RevokedAt: not null };
        return isWithdrawn && keys.FindActive(institution) is not null ? null : document.WithFirstProof();
    }

    private CredentialSigner SignerFor(MadeDocument document)
    {
        var (key, keyId) = RequireKey(document);
        if (_signers.Count >= MaxSigners) _signers.Clear();
        return _signers.GetOrAdd(
            (document.Did, keyId, document.ValidFrom),
            static (name, key) => new CredentialSigner(key.Signer, name.Did, name.KeyId, name.ValidFrom), key);
    }

    private CredentialFormWriter WriterFor(MadeDocument document)
    {
        identity.RequireConfirmed();
        var (key, keyId) = RequireKey(document);
        return _writers.GetOrAdd(
            certificates.Of(key.Signer, document.Did, keyId), static named => new CredentialFormWriter(named));
    }

    private (IssuerKey Key, string KeyId) RequireKey(MadeDocument document)
    {
        var institution = projection.Institutions.GetValueOrDefault(options.MspId);
        var (key, registered) = keys.FindInForce(institution, document.KeyId) ?? keys.FindActive(institution)
            ?? throw new ProblemException(
                ProblemKind.NotReady,
                "No key of this gateway is in force on the ledger, so that nothing can be signed: register a key by "
                + "POST /v1/institution/keys.");
        return (key, registered.Id);
    }
}
