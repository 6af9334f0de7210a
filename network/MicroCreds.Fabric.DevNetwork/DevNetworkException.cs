namespace MicroCreds.Fabric.DevNetwork;

/// <summary>Says why a network cannot start or go on; the message names the cause and the mend.</summary>
public sealed class DevNetworkException : Exception
{
    /// <summary>Makes the exception.</summary>
    public DevNetworkException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    public DevNetworkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
