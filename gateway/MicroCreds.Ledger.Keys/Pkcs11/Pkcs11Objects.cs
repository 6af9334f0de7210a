using System.Formats.Asn1;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace MicroCreds.Ledger.Keys.Pkcs11;

/// <summary>The objects of a token that keys are made of: found, made and signed with.</summary>
internal static class Pkcs11Objects
{
    private const int IdBytes = 16;
    private const int SignatureBytes = 64;
    private const int P256PointBytes = 65;
    private const int Ed25519Bytes = 32;

    // Of PKCS#11 3.0; the library knows 2.40.
    private const ulong EdwardsKeyType = 0x40;
    private const ulong EdwardsKeyGeneration = 0x1055;
    private const ulong EdwardsSignature = 0x1057;

    private static readonly byte[] P256Curve = Oid("1.2.840.10045.3.1.7");
    private static readonly byte[] Ed25519Curve = Oid("1.3.101.112");

    /// <summary>Finds the keys of a label.</summary>
    public static IReadOnlyList<IPlacedKey> List(Pkcs11Token token, ISession session, string label)
    {
        var make = session.Factories.ObjectAttributeFactory;
        return
        [
            .. session.FindAllObjects(
                [make.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY), make.Create(CKA.CKA_LABEL, label)])
                .Select(handle => Read(token, session, label, handle)),
        ];
    }

    /// <summary>Makes a key that cannot be taken out.</summary>
    public static IPlacedKey Create(Pkcs11Token token, ISession session, string label, KeyKind kind)
    {
        var make = session.Factories.ObjectAttributeFactory;
        byte[] id = RandomNumberGenerator.GetBytes(IdBytes);
        List<IObjectAttribute> common =
        [
            make.Create(CKA.CKA_TOKEN, true), make.Create(CKA.CKA_LABEL, label), make.Create(CKA.CKA_ID, id),
        ];
        List<IObjectAttribute> open =
        [
            .. common, make.Create(CKA.CKA_PRIVATE, false), make.Create(CKA.CKA_VERIFY, true),
            make.Create(CKA.CKA_EC_PARAMS, kind == KeyKind.P256 ? P256Curve : Ed25519Curve),
        ];
        List<IObjectAttribute> secret =
        [
            .. common, make.Create(CKA.CKA_PRIVATE, true), make.Create(CKA.CKA_SENSITIVE, true),
            make.Create(CKA.CKA_EXTRACTABLE, false), make.Create(CKA.CKA_SIGN, true),
        ];
        using var mechanism = session.Factories.MechanismFactory.Create(
            kind == KeyKind.P256 ? (ulong)CKM.CKM_EC_KEY_PAIR_GEN : EdwardsKeyGeneration);
        session.GenerateKeyPair(mechanism, open, secret, out _, out var handle);
        return Read(token, session, label, handle);
    }

    /// <summary>Signs with a key.</summary>
    public static byte[] Sign(Pkcs11Connection connection, ISession session, Pkcs11Key key, byte[] input)
    {
        var handle = connection.Handles.GetOrAdd(
            Convert.ToHexString(key.Id) + key.Label, static (_, find) => HandleOf(find.session, find.key),
            (session, key));
        using var mechanism = session.Factories.MechanismFactory.Create(
            key.Kind == KeyKind.P256 ? (ulong)CKM.CKM_ECDSA : EdwardsSignature);
        byte[] signature = session.Sign(mechanism, handle, input);
        return signature.Length == SignatureBytes
            ? signature
            : throw new KeyUnavailableException(
                $"The key {key.Name} gave a signature of {signature.Length} bytes where {SignatureBytes} were due.");
    }

    private static IObjectHandle HandleOf(ISession session, Pkcs11Key key)
    {
        var make = session.Factories.ObjectAttributeFactory;
        return session.FindAllObjects(
        [
            make.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY), make.Create(CKA.CKA_LABEL, key.Label),
            make.Create(CKA.CKA_ID, key.Id),
        ]) is [var found, ..]
            ? found
            : throw new KeyGoneException();
    }

    private static Pkcs11Key Read(Pkcs11Token token, ISession session, string label, IObjectHandle handle)
    {
        var make = session.Factories.ObjectAttributeFactory;
        var read = session.GetAttributeValue(handle, [CKA.CKA_ID, CKA.CKA_KEY_TYPE]);
        byte[] id = read[0].GetValueAsByteArray();
        ulong type = read[1].GetValueAsUlong();
        KeyKind kind = type switch
        {
            (ulong)CKK.CKK_EC => KeyKind.P256,
            EdwardsKeyType => KeyKind.Ed25519,
            _ => throw new KeyUnavailableException(
                $"The key \"{label}\" in the {token.Name} is neither on the curve P-256 nor Ed25519."),
        };
        var pair = session.FindAllObjects(
        [
            make.Create(CKA.CKA_CLASS, CKO.CKO_PUBLIC_KEY), make.Create(CKA.CKA_KEY_TYPE, type),
            make.Create(CKA.CKA_ID, id),
        ]);
        if (pair.Count != 1)
        {
            throw new KeyUnavailableException(
                $"The token needs one public key object of the same CKA_ID beside the private key \"{label}\" "
                + $"({Convert.ToHexStringLower(id)}) in the {token.Name}; there are {pair.Count}.");
        }

        var open = session.GetAttributeValue(pair[0], [CKA.CKA_EC_POINT, CKA.CKA_EC_PARAMS]);
        byte[] point = Unwrap(open[0].GetValueAsByteArray());
        bool isKnown = kind == KeyKind.P256
            ? point.Length == P256PointBytes && open[1].GetValueAsByteArray().AsSpan().SequenceEqual(P256Curve)
            : point.Length == Ed25519Bytes;
        return isKnown
            ? new Pkcs11Key(token, label, id, kind, point)
            : throw new KeyUnavailableException(
                $"The key \"{label}\" in the {token.Name} is on another curve than P-256 or Ed25519.");
    }

    /// <summary>The point stands in an OCTET STRING, and with some tokens as it is.</summary>
    private static byte[] Unwrap(byte[] point)
    {
        if (point.Length is P256PointBytes or Ed25519Bytes) return point;
        try
        {
            return AsnDecoder.ReadOctetString(point, AsnEncodingRules.DER, out _);
        }
        catch (AsnContentException)
        {
            return point;
        }
    }

    private static byte[] Oid(string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(value);
        return writer.Encode();
    }
}
