using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// What of a request is secret. All of it is made of the secret that a wallet comes with, of which the store has the
/// hash alone. Thread-safe.
/// </summary>
internal sealed class PresentationSecrets(GatewayStore store)
{
    /// <summary>What a wallet's proof has to repeat: new for every request and way.</summary>
    public static string NonceOf(string secret) => LearnerSecret.Derive(secret, "nonce");

    /// <summary>What a wallet's answer has to repeat beside it.</summary>
    public static string StateOf(string secret) => LearnerSecret.Derive(secret, "state");

    /// <summary>By what a wallet on another device comes: whoever asked can make it again.</summary>
    public static string Across(string owner, string id) => LearnerSecret.Derive(owner, id + " across");

    /// <summary>By what a wallet on the same device comes.</summary>
    public static string Same(string owner, string id) => LearnerSecret.Derive(owner, id + " same");

    /// <summary>What the request that a browser hands over is made with.</summary>
    public static string InBrowser(string owner, string id) => LearnerSecret.Derive(owner, id + " browser");

    /// <summary>The key that an answer is encrypted for.</summary>
    /// <param name="secret">By what the wallet comes.</param>
    /// <param name="id">The request.</param>
    public EncryptionKey KeyOf(string secret, string id) =>
        EncryptionKey.Derive(store.Secret, "presentation " + secret, id);
}
