namespace MicroCreds.Fabric.Client.Signing;

/// <summary>A private key that several threads may sign with at once.</summary>
internal interface IPrivateKey : IDisposable
{
    bool SignsWholeMessage { get; }

    byte[] PublicKeyInfo { get; }

    byte[] Sign(ReadOnlySpan<byte> message);
}
