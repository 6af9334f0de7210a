using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Shapes;

namespace MicroCreds.Ledger.Gateway.Asking;

/// <summary>
/// Checks the XML signature that an EMREX ELMO file may bear: one over the whole file, by the certificate that comes
/// with it. That it holds says that nothing was changed since, and nothing of whose the certificate is.
/// </summary>
public static class TranscriptSignature
{
    private const int MinKeyBits = 2048;

    // Others could take parts of the file away before it is hashed, or fetch something.
    private static readonly string[] Transforms =
    [
        SignedXml.XmlDsigEnvelopedSignatureTransformUrl, SignedXml.XmlDsigC14NTransformUrl,
        SignedXml.XmlDsigC14NWithCommentsTransformUrl, SignedXml.XmlDsigExcC14NTransformUrl,
        SignedXml.XmlDsigExcC14NWithCommentsTransformUrl,
    ];

    private static readonly string[] Canonical =
        [.. Transforms.Where(one => one != SignedXml.XmlDsigEnvelopedSignatureTransformUrl)];

    private static readonly string[] Methods =
        [SignedXml.XmlDsigRSASHA256Url, SignedXml.XmlDsigRSASHA384Url, SignedXml.XmlDsigRSASHA512Url];

    private static readonly string[] Digests =
        [SignedXml.XmlDsigSHA256Url, SignedXml.XmlDsigSHA384Url, SignedXml.XmlDsigSHA512Url];

    /// <summary>Looks at the signature. Never throws because of what it holds.</summary>
    /// <returns>Null of what is no ELMO file that is read here.</returns>
    public static ForeignSignature? Check(ReadOnlyMemory<byte> file)
    {
        try
        {
            ElmoReader.Read(file);
            var document = Load(file);
            var signatures = document.DocumentElement!.ChildNodes.OfType<XmlElement>()
                .Where(one => one is { LocalName: "Signature", NamespaceURI: SignedXml.XmlDsigNamespaceUrl }).ToList();
            return signatures.Count switch
            {
                0 => ForeignSignature.None,
                1 => Check(document, signatures[0]),
                _ => Unknown("It bears several signatures."),
            };
        }
        catch (FormatException)
        {
            return null;
        }
        catch (Exception e) when (e is XmlException or CryptographicException)
        {
            return new ForeignSignature(
                ForeignSignatureOutcome.NotChecked, ForeignSignatureCodes.Malformed,
                "Its signature is not in the form that its method has.");
        }
    }

    private static XmlDocument Load(ReadOnlyMemory<byte> file)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = ElmoReader.MaxCharacters,
        };
        using var reader = XmlReader.Create(new MemoryStream(file.ToArray()), settings);
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.Load(reader);
        return document;
    }

    private static ForeignSignature Check(XmlDocument document, XmlElement signature)
    {
        var signed = new SignedXml(document) { Resolver = null! };
        signed.LoadXml(signature);
        var info = signed.SignedInfo!;
        if (!Methods.Contains(info.SignatureMethod) || !Canonical.Contains(info.CanonicalizationMethod))
            return Unknown($"It is signed by a method that is not taken here: {Shown(info.SignatureMethod)}.");
        if (info.References is not [Reference { Uri: "" } whole]
            || !Digests.Contains(whole.DigestMethod) || !TakesAll(whole.TransformChain))
            return Unknown("Its signature does not cover the whole file in a way that is known here.");
        using var certificate = signed.KeyInfo.OfType<KeyInfoX509Data>()
            .SelectMany(data => data.Certificates?.OfType<X509Certificate2>() ?? []).FirstOrDefault();
        using var key = certificate?.GetRSAPublicKey();
        if (key is null || key.KeySize < MinKeyBits)
            return Unknown($"It brings no certificate with an RSA key of {MinKeyBits} bits or more.");
        return signed.CheckSignature(key)
            ? new ForeignSignature(
                ForeignSignatureOutcome.Holds, ForeignSignatureCodes.Holds,
                "Its signature holds: not a letter was changed since. The certificate says "
                + $"{Shown(certificate!.Subject)}; whose it is, this consortium does not know.")
            : new ForeignSignature(
                ForeignSignatureOutcome.DoesNotHold, ForeignSignatureCodes.DoesNotHold,
                "Its signature does not hold: it was changed since, or another key made it.");
    }

    private static bool TakesAll(TransformChain chain)
    {
        var used = Enumerable.Range(0, chain.Count).Select(i => chain[i].Algorithm).ToList();
        return used.Count is > 0 and <= 2 && used.TrueForAll(Transforms.Contains)
            && used[0] == SignedXml.XmlDsigEnvelopedSignatureTransformUrl;
    }

    private static string Shown(string? text) => ClaimedText.Of(text) ?? "an unknown one";

    private static ForeignSignature Unknown(string detail) =>
        new(ForeignSignatureOutcome.NotChecked, ForeignSignatureCodes.MethodUnknown, detail);
}
