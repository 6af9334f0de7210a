using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Fabric.Client;

/// <summary>Who a client is: a certificate and the organisation (MSP) that vouches for it.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class X509Identity
{
    private X509Identity(string mspId, X509Certificate2 certificate)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(mspId);
        StrictText.Check(mspId, "The MSP id");
        MspId = mspId;
        byte[] pem = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
        Credentials = pem;
        NotBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        Subject = certificate.Subject;
        PublicKeyInfo = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        Serialized = new SerializedIdentity { Mspid = mspId, IdBytes = UnsafeByteOperations.UnsafeWrap(pem) }
            .ToByteString();
    }

    /// <summary>The organisation's MSP id, such as "Org1MSP".</summary>
    public string MspId { get; }

    /// <summary>The certificate in PEM: what peers see.</summary>
    public ReadOnlyMemory<byte> Credentials { get; }

    /// <summary>The certificate's subject.</summary>
    public string Subject { get; }

    /// <summary>From when the certificate holds.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Until when the certificate holds; peers refuse it from then on.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The identity as it stands in every message: made once, since it is in all of them.</summary>
    internal ByteString Serialized { get; }

    internal byte[] PublicKeyInfo { get; }

    /// <summary>Reads the first certificate of a PEM text.</summary>
    /// <param name="mspId">The organisation's MSP id.</param>
    /// <param name="pem">The PEM text; what stands beside the first certificate is left out.</param>
    /// <exception cref="ArgumentException">The MSP id is empty, or the text holds no certificate.</exception>
    public static X509Identity FromPem(string mspId, string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return new X509Identity(mspId, certificate);
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException(
                $"The identity of {mspId} needs an X.509 certificate in PEM (BEGIN CERTIFICATE): {e.Message}",
                nameof(pem), e);
        }
    }

    /// <summary>Reads the first certificate of a PEM file.</summary>
    /// <param name="mspId">The organisation's MSP id.</param>
    /// <param name="path">The file, such as <c>msp/signcerts/User1@org1.example.com-cert.pem</c>.</param>
    /// <exception cref="ArgumentException">The MSP id is empty, or the file holds no certificate.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static X509Identity FromPemFile(string mspId, string path)
    {
        try
        {
            return FromPem(mspId, File.ReadAllText(path));
        }
        catch (ArgumentException e) when (e.ParamName == "pem")
        {
            throw new ArgumentException($"{path}: {e.Message}", nameof(path), e);
        }
    }

    /// <summary>Takes a certificate; it is copied, and stays the caller's to dispose.</summary>
    /// <param name="mspId">The organisation's MSP id.</param>
    /// <param name="certificate">The certificate.</param>
    /// <exception cref="ArgumentException">The MSP id is empty.</exception>
    public static X509Identity FromCertificate(string mspId, X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new X509Identity(mspId, certificate);
    }
}
