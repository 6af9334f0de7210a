namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>An invocation that the peer cannot carry out; the message is worded as the peer's.</summary>
internal sealed class ChaincodeException(string message) : Exception(message);
