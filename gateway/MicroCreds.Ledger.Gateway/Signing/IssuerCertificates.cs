using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;

namespace MicroCreds.Ledger.Gateway.Signing;

/// <summary>
/// The certificates of the issuer's key, for readers that trust authorities instead of the ledger: in every token that
/// this key signs (<c>x5c</c>). A file that was renewed is read again by itself; what is wrong with it then is said by
/// <see cref="Fault"/>, and the former ones serve on while they are valid. Thread-safe.
/// </summary>
public sealed class IssuerCertificates
{
    private readonly GatewayServiceOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _turn = new();
    private volatile Chain? _chain;
    private DateTime _readAt;
    private volatile string? _fault;

    private IssuerCertificates(GatewayServiceOptions options, TimeProvider time) => (_options, _time) = (options, time);

    /// <summary>What is wrong with the file as it lies there now, with the mend; null if nothing is.</summary>
    public string? Fault
    {
        get
        {
            Refresh();
            return _fault;
        }
    }

    /// <summary>When the first of the certificates ends; null if there are none.</summary>
    public DateTimeOffset? End
    {
        get
        {
            Refresh();
            return _chain?.End;
        }
    }

    /// <summary>Reads the file, if a setting names one.</summary>
    /// <exception cref="OptionsException">
    /// It holds no usable chain, or one of another key than those of this gateway.
    /// </exception>
    public static IssuerCertificates Open(GatewayServiceOptions options, IssuerKeys keys, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(keys);
        var certificates = new IssuerCertificates(options, time);
        if (options.IssuerCert is null) return certificates;
        certificates.Refresh();
        if (certificates._fault is { } fault) throw new OptionsException([fault]);
        if (keys.All.All(key => key.Signer.PublicKeyMultibase != certificates._chain!.PublicKeyMultibase))
        {
            throw new OptionsException([
                $"IssuerCert is \"{options.IssuerCert}\": its first certificate is of another key than the issuer keys "
                + $"of this gateway ({string.Join(", ", keys.All.Select(key => key.Id))}). Have the authority certify "
                + "one of these, and put its certificate first in the file."]);
        }

        return certificates;
    }

    /// <summary>Gives what the tokens of a key say of it.</summary>
    /// <param name="signer">The key.</param>
    /// <param name="did">The DID that it signs for.</param>
    /// <param name="keyId">The key's fragment below the DID.</param>
    public TokenKey Of(IIssuerSigner signer, string did, string keyId)
    {
        ArgumentNullException.ThrowIfNull(signer);
        Refresh();
        var key = new TokenKey(signer, did, keyId);
        string? url = IssuerIdentity.UrlOf(did);
        if (_chain is { } chain && chain.PublicKeyMultibase == signer.PublicKeyMultibase
            && chain.IsValidAt(_time.GetUtcNow()) && url is not null && chain.Names(url))
            return key with { Certificates = chain.Certificates, IssuerUrl = url };

        return _options.SdJwtIssuer == SdJwtIssuer.Url ? key with { IssuerUrl = url } : key;
    }

    /// <summary>Says why the tokens of a key go without the certificates; null if they do not.</summary>
    /// <param name="signer">The key that signs now.</param>
    /// <param name="did">The DID that it signs for.</param>
    public string? ObstacleOf(IIssuerSigner signer, string did)
    {
        ArgumentNullException.ThrowIfNull(signer);
        Refresh();
        if (_chain is not { } chain) return null;
        if (chain.PublicKeyMultibase != signer.PublicKeyMultibase)
        {
            return $"IssuerCert ({_options.IssuerCert}) is of another key than the one that signs now: have the "
                + "authority certify this one.";
        }

        if (!chain.IsValidAt(_time.GetUtcNow()))
        {
            return $"IssuerCert ({_options.IssuerCert}) is valid from {chain.Start:u} to {chain.End:u}: have it "
                + "renewed, and write the new one over the file.";
        }

        return IssuerIdentity.UrlOf(did) is { } url && chain.Names(url)
            ? null
            : $"IssuerCert ({_options.IssuerCert}) does not name the host of {did}: its first certificate needs that "
                + "as a DNS name or its address as a URI (subjectAltName).";
    }

    /// <summary>Whether the key's own certificate has the host of an address as a DNS name.</summary>
    public bool HaveHostOf(string url)
    {
        Refresh();
        return _chain?.HasHostOf(url) == true;
    }

    private void Refresh()
    {
        if (_options.IssuerCert is not { } file) return;
        var writtenAt = File.GetLastWriteTimeUtc(file);
        if (writtenAt == _readAt) return;
        lock (_turn)
        {
            if (writtenAt == _readAt) return;
            _readAt = writtenAt;
            try
            {
                _chain = Chain.Read(File.ReadAllText(file));
                _fault = null;
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or FormatException
                or UnauthorizedAccessException)
            {
                _fault = $"IssuerCert is \"{file}\": {exception.Message}";
            }
        }
    }

    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);

    private sealed record Chain(
        IReadOnlyList<string> Certificates, string PublicKeyMultibase, DateTimeOffset Start, DateTimeOffset End,
        IReadOnlyList<string> Hosts, IReadOnlyList<string> Addresses)
    {
        public static Chain Read(string pem)
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            try
            {
                return Of(found);
            }
            finally
            {
                foreach (var certificate in found) certificate.Dispose();
            }
        }

        public bool IsValidAt(DateTimeOffset time) => time >= Start && time < End;

        /// <summary>Whether the key's own certificate is one for an address.</summary>
        public bool Names(string url) => HasHostOf(url) || Addresses.Contains(url.TrimEnd('/'), StringComparer.Ordinal);

        /// <summary>Whether it has an address's host as a DNS name.</summary>
        public bool HasHostOf(string url) =>
            Hosts.Contains(new Uri(url).IdnHost, StringComparer.OrdinalIgnoreCase);

        private static Chain Of(X509Certificate2Collection found)
        {
            if (found.Count == 0)
            {
                throw new FormatException(
                    "It holds no certificate: put the key's own first, and behind it those up to the authority's.");
            }

            for (int i = 1; i < found.Count; i++)
            {
                if (!found[i - 1].IssuerName.RawData.AsSpan().SequenceEqual(found[i].SubjectName.RawData))
                {
                    throw new FormatException(
                        $"{found[i].Subject} did not certify {found[i - 1].Subject}: put the key's own certificate "
                        + "first, and behind each the one of who certified it.");
                }
            }

            // Who reads them has the root, or does not trust it (HAIP 1.0 forbids it).
            var sent = found.Where((one, i) => i == 0 || !IsRoot(one)).ToList();
            var names = found[0].Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
            return new Chain(
                [.. sent.Select(one => Convert.ToBase64String(one.RawData))], KeyOf(found[0]),
                sent.Max(one => new DateTimeOffset(one.NotBefore)), sent.Min(one => new DateTimeOffset(one.NotAfter)),
                [.. names.SelectMany(one => one.EnumerateDnsNames())],
                [.. names.SelectMany(one => AddressesIn(one.RawData))]);
        }

        // Each name is known by its tag (RFC 5280, 4.2.1.6); the class that reads the others gives no URIs.
        private static List<string> AddressesIn(byte[] extension)
        {
            var found = new List<string>();
            try
            {
                var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag() == UriName)
                        found.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriName).TrimEnd('/'));
                    else
                        names.ReadEncodedValue();
                }
            }
            catch (AsnContentException exception)
            {
                throw new FormatException("The names of its first certificate cannot be read.", exception);
            }

            return found;
        }

        private static bool IsRoot(X509Certificate2 certificate) =>
            certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

        private static string KeyOf(X509Certificate2 certificate) =>
            CertifiedKey.Of(certificate)?.PublicKeyMultibase ?? throw new FormatException(
                "Its first certificate is of another kind of key: issuers' keys are P-256 or Ed25519.");
    }
}

/// <summary>How SD-JWT VCs name their issuer where their key has no certificates.</summary>
public enum SdJwtIssuer
{
    /// <summary>By its DID, as every other form does.</summary>
    Did,

    /// <summary>By the address that a <c>did:web</c> stands for, for readers that know no DIDs.</summary>
    Url,
}
