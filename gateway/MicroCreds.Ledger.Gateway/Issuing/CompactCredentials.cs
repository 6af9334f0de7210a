using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Gives stored credentials in the compact form, for paper: a text for one QR code, out of which any member makes the
/// document again when this gateway is gone. Thread-safe.
/// </summary>
public sealed class CompactCredentials(FormSigner signer, ILedgerView ledger, CredentialVerifier verifier)
{
    private readonly CompactWriter _writer = new(ledger, verifier.Compact);

    /// <summary>Gives the text of a credential, or why it has none.</summary>
    /// <param name="document">What is kept of it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ProblemException">No key is in force that could sign it.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be asked.</exception>
    public async ValueTask<CompactForm> OfAsync(StoredDocument document, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document.Kept.Template is null) return CompactForm.Without(CompactObstacle.KeptWhole);

        var seed = CredentialSeed.FromCbor(document.Kept.Bytes);
        byte[] made = await signer.GiveAsync(document, cancellationToken);
        return await _writer.WriteAsync(made, seed, cancellationToken);
    }
}
