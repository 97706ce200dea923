"""SMS: a sender that sends nothing (`local`), Aliyun's (`aliyun`), and a stand-in that answers like it (`standin`)."""
