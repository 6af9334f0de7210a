using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Ledger.Operator.Doctoring;

namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>A member's agreement to take a newcomer in: its admin's signature on the change of the channel.</summary>
internal sealed record MembershipSignature
{
    public const string MadeBy = "scripts/sign-request.sh";

    private const string AdminUnit = "admin";

    /// <summary>The member that agrees.</summary>
    public required string MspId { get; init; }

    /// <summary>Whom it takes in.</summary>
    public required string Newcomer { get; init; }

    /// <summary>The SHA-256 of the change, in hex.</summary>
    public required string Update { get; init; }

    /// <summary>Who signs, as Fabric writes it (common.SignatureHeader).</summary>
    public required byte[] SignatureHeader { get; init; }

    /// <summary>The signature over the header and the change.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>As the change carries it.</summary>
    [JsonIgnore]
    public ConfigSignature AsConfigSignature => new()
    {
        SignatureHeader = ByteString.CopyFrom(SignatureHeader),
        Signature = ByteString.CopyFrom(Signature),
    };

    /// <summary>Signs a change as a member's admin.</summary>
    public static MembershipSignature Make(string newcomer, byte[] update, Admin admin)
    {
        byte[] header = admin.NewSignatureHeader();
        return new MembershipSignature
        {
            MspId = admin.MspId,
            Newcomer = newcomer,
            Update = Digest(update),
            SignatureHeader = header,
            Signature = admin.Sign([.. header, .. update]),
        };
    }

    /// <summary>Says why the channel would not count it; nothing if it would.</summary>
    public IReadOnlyList<string> FindFaults(byte[] update, ChannelRules rules, DateTimeOffset now)
    {
        if (!rules.Members.Contains(MspId))
        {
            return [$"{MspId} is no member: those are {string.Join(", ", rules.Members)}."];
        }

        if (Update != Digest(update))
        {
            return ["it signs another change: the request was exchanged, or the channel's configuration has changed "
                + $"since. Sign this request again with {MadeBy}."];
        }

        try
        {
            var creator = SerializedIdentity.Parser.ParseFrom(
                Fabric.Protocol.Common.SignatureHeader.Parser.ParseFrom(SignatureHeader).Creator);
            using var certificate = X509Certificate2.CreateFromPem(creator.IdBytes.ToStringUtf8());
            return creator.Mspid == MspId
                ? FindFaults(update, certificate, rules, now)
                : [$"it says {MspId}, but {creator.Mspid} signed it."];
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or CryptographicException)
        {
            return [$"it does not say readably who signed it: {exception.Message}"];
        }
    }

    private List<string> FindFaults(
        byte[] update, X509Certificate2 certificate, ChannelRules rules, DateTimeOffset now)
    {
        List<string> faults =
        [
            .. CertificateExamination.ExamineTime(certificate.Subject, certificate, now)
                .Concat(CertificateExamination.ExamineIssuer(
                    certificate.Subject, certificate, rules.AuthoritiesOf(MspId),
                    $"{MspId}'s authority in the channel", usage: null))
                .Select(finding => $"{finding.Subject}: {finding.Fault}"),
        ];
        if (!IdentityExamination.UnitsOf(certificate).Contains(AdminUnit))
        {
            faults.Add($"{certificate.Subject} is no admin of {MspId}, and only admins change a channel.");
        }

        using var key = certificate.GetECDsaPublicKey();
        byte[] digest = SHA256.HashData([.. SignatureHeader, .. update]);
        if (key is null || !EcdsaSignature.VerifyDigest(key, digest, Signature))
        {
            faults.Add($"the signature is not that of {certificate.Subject}: it is forged, or was changed on the way.");
        }

        return faults;
    }

    private static string Digest(byte[] update) => Convert.ToHexStringLower(SHA256.HashData(update));
}
