namespace MicroCreds.Fabric.Testing;

/// <summary>A test cannot go on: its options are wrong, its peers disagree, or the network it names is not there.
/// </summary>
public sealed class FabricTestException : Exception
{
    internal FabricTestException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
