using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Signing;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// The certificates that this gateway was started with, and those of its issuer key, which it reads again when they are
/// renewed; and when they end. Thread-safe.
/// </summary>
public sealed class Certificates(GatewayServiceOptions options, IssuerCertificates issuer)
{
    private readonly Dated[] _ofTheStart =
    [
        .. Read("UserCert", options.UserCert),
        .. Read("AdminCert", options.AdminCert),
        .. Read("PeerTlsCa", options.PeerTlsCa),
    ];

    /// <summary>One for each setting that names a file: the certificate in it that ends first.</summary>
    public IReadOnlyList<Dated> All => issuer.End is { } end
        ? [.. _ofTheStart, new Dated(nameof(options.IssuerCert), options.IssuerCert!, end)]
        : _ofTheStart;

    private static IEnumerable<Dated> Read(string setting, string? file)
    {
        if (file is null)
            yield break;
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(file);
        }
        catch (CryptographicException)
        {
            // What uses the file says what is wrong with it.
            yield break;
        }

        if (found.Count > 0)
            yield return new Dated(setting, file, found.Min(one => new DateTimeOffset(one.NotAfter)));
        foreach (var certificate in found)
            certificate.Dispose();
    }

    /// <summary>A certificate.</summary>
    /// <param name="Setting">The setting that names its file.</param>
    /// <param name="File">The file.</param>
    /// <param name="End">When it ends.</param>
    public sealed record Dated(string Setting, string File, DateTimeOffset End);
}
