using System.Collections.Concurrent;
using System.Security.Cryptography;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client.Signing;

/// <summary>
/// An ECDSA key as a pool of handles: one handle must not sign on two threads at once, and importing one costs more
/// than a signature. There are never more handles than threads that sign at the same moment.
/// </summary>
internal sealed class EcdsaPrivateKey : IPrivateKey
{
    private readonly ECParameters _parameters;
    private readonly ConcurrentBag<ECDsa> _idle = [];
    private volatile bool _disposed;

    private EcdsaPrivateKey(ECDsa first)
    {
        _parameters = first.ExportParameters(includePrivateParameters: true);
        PublicKeyInfo = first.ExportSubjectPublicKeyInfo();
        _idle.Add(first);
    }

    public bool SignsWholeMessage => false;

    public byte[] PublicKeyInfo { get; }

    public static EcdsaPrivateKey Import(Action<ECDsa> import)
    {
        var key = ECDsa.Create();
        try
        {
            import(key);
            string? curve = key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;
            if (curve is not ("1.2.840.10045.3.1.7" or "1.3.132.0.34"))
            {
                throw new FormatException(
                    $"it is on the curve {curve ?? "of its own parameters"}; Fabric takes P-256 and P-384.");
            }

            return new EcdsaPrivateKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(PrivateKeySigner));
        if (!_idle.TryTake(out var key))
        {
            key = ECDsa.Create(_parameters);
        }

        byte[] signature = EcdsaSignature.SignDigest(key, message);
        _idle.Add(key);
        return signature;
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var key))
        {
            key.Dispose();
        }

        CryptographicOperations.ZeroMemory(_parameters.D);
    }
}
