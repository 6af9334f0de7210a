using System.Buffers.Binary;
using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>Signs notes in a name. Thread-safe as its key is.</summary>
public sealed class NoteSigner
{
    private readonly Func<byte[], CancellationToken, ValueTask<byte[]>> _sign;

    /// <param name="name">The name of the key; of a log its origin.</param>
    /// <param name="type">What it signs.</param>
    /// <param name="signer">The private key, which must be one of Ed25519.</param>
    /// <exception cref="FormatException">It is another kind of key, or the name is none.</exception>
    public NoteSigner(string name, NoteKeyType type, IIssuerSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var key = Multikey.Parse(signer.PublicKeyMultibase);
        if (key.Algorithm != KeyAlgorithm.Ed25519)
            throw new FormatException($"The key of {name} is a {key.Algorithm}; notes are signed by Ed25519.");
        Key = NoteKey.Of(name, type, key.Bytes.Span);
        _sign = (message, cancellationToken) => signer.SignAsync(message, cancellationToken);
    }

    /// <param name="name">The name of the key.</param>
    /// <param name="type">What it signs: one of the types of ML-DSA-44.</param>
    /// <param name="signer">The private key.</param>
    /// <exception cref="FormatException">The name is none, or the type is one of Ed25519.</exception>
    public NoteSigner(string name, NoteKeyType type, MlDsaPrivateKey signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        Key = NoteKey.Of(name, type, signer.PublicKey.Bytes.Span);
        _sign = (message, _) => new(signer.Sign(message));
    }

    /// <summary>What verifies its signatures.</summary>
    public NoteKey Key { get; }

    /// <summary>Signs a text.</summary>
    /// <param name="text">The text, with its last newline; for ML-DSA-44 that of a checkpoint.</param>
    /// <param name="now">The time, which a cosignature holds to the second.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="FormatException">
    /// ML-DSA-44 signs no such text: it is no checkpoint, or its origin is too long.
    /// </exception>
    public async ValueTask<NoteSignature> SignAsync(
        string text, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        if (!Key.IsCosigner)
            return new NoteSignature(Key.Name, Key.Id, await _sign(Encoding.UTF8.GetBytes(text), cancellationToken));

        long seconds = now.ToUnixTimeSeconds();
        byte[] time = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(time, (ulong)seconds);
        byte[] message = Key.CosignedBytes(text, seconds) ?? throw new FormatException(
            "ML-DSA-44 signs checkpoints alone, with a name and an origin of up to 255 bytes; this text is none.");
        return new NoteSignature(Key.Name, Key.Id, (byte[])[.. time, .. await _sign(message, cancellationToken)]);
    }
}
