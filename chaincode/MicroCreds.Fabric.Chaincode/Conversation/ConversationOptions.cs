namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>What a conversation with a peer depends on.</summary>
internal sealed record ConversationOptions(
    string ChaincodeId, int MaxMessageBytes, bool BatchWrites, bool BatchReads);
